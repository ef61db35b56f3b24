/// The style sheet of a report: a light palette, a dark one for screens that prefer it, and the light one for
/// paper.
enum ReportStyle {
    static let sheet = """
        :root{\(light)}
        @media screen and (prefers-color-scheme:dark){:root{\(dark)}}
        \(page)
        \(charts)
        \(tables)
        \(small)
        \(paper)
        """

    private static let light = """
        color-scheme:light;--page:#fbfbfa;--card:#fff;--text:#1c1e21;--muted:#5a6069;--line:#e3e5e8;
        --accent:#1d4ed8;--danger:#b42318;--calm:#047857;--caution:#fff6e5;--caution-line:#d98a00;
        --band:rgba(217,45,32,.13);--actual:#1d4ed8;--expected:#c2410c;--score:#374151;
        --hot:180,35,24;--cool:63,100,170
        """
    private static let dark = """
        color-scheme:dark;--page:#14161a;--card:#1c1f25;--text:#e8eaed;--muted:#a3abb6;--line:#31363f;
        --accent:#8ab4f8;--danger:#ff8a80;--calm:#6ee7b7;--caution:#2e2716;--caution-line:#e0a030;
        --band:rgba(255,107,94,.14);--actual:#8ab4f8;--expected:#fb923c;--score:#c9d0d9;
        --hot:255,120,105;--cool:120,160,230
        """

    private static let page = """
        *{box-sizing:border-box}
        body{margin:0 auto;padding:1.5rem 1.25rem 3rem;max-width:76rem;background:var(--page);
        color:var(--text);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif;
        overflow-wrap:anywhere}
        header{margin:0 0 1.25rem}h1{margin:0;font-size:1.75rem;line-height:1.25;letter-spacing:-.01em}
        h2{margin:0 0 .25rem;font-size:1.2rem}h3{margin:0;font-size:1rem}p{margin:.25rem 0}
        .note,footer,.facts{color:var(--muted);font-size:.9rem}footer{margin-top:1.5rem}
        section{margin:0 0 1.25rem;padding:1.1rem 1.25rem;background:var(--card);border:1px solid var(--line);
        border-radius:.6rem}
        .verdict{border-left:.35rem solid var(--danger)}.verdict.calm{border-left-color:var(--calm)}
        .verdict h2{font-size:1.4rem}
        dl{display:flex;flex-wrap:wrap;gap:.75rem 2.25rem;margin:.9rem 0 0}dl div{min-width:5rem}
        dt{color:var(--muted);font-size:.8rem}dd{margin:0;font-size:1.2rem;font-variant-numeric:tabular-nums}
        .cautions{background:var(--caution);border-left:.35rem solid var(--caution-line)}
        .cautions ul{margin:.4rem 0 0;padding:0;list-style:none;font-size:.92rem}
        .cautions li{margin:.4rem 0}.cautions .error code{color:var(--danger)}
        code{font:600 .85em ui-monospace,Menlo,Consolas,monospace;overflow-wrap:anywhere}
        """

    private static let charts = """
        .chart{margin:.6rem 0 0}.plot{position:relative;margin-left:3.4rem;height:12rem}
        .large .plot{height:15rem;margin-top:1.6rem}.middle .plot{height:8rem}.small .plot{height:7rem}
        .plot svg{display:block;width:100%;height:100%;overflow:visible}
        path{fill:none;vector-effect:non-scaling-stroke;stroke-width:1.4;stroke-linejoin:round}
        .grid{stroke:var(--line);stroke-width:1}.band{fill:var(--band)}
        .limit{stroke:var(--danger);stroke-width:1.4;stroke-dasharray:6 4}
        path.score{stroke:var(--score)}path.actual{stroke:var(--actual)}
        path.expected{stroke:var(--expected)}
        .y,.x span,.tag{position:absolute;font-size:.75rem;line-height:1;color:var(--muted);
        white-space:nowrap;font-variant-numeric:tabular-nums}
        .y{right:100%;margin-right:.5rem;transform:translateY(50%)}
        .x{position:relative;height:1.2rem;margin:.45rem 0 0 3.4rem}
        .x span{transform:translateX(-50%)}.x span:first-child{transform:none;left:0!important}
        .x span:last-child{transform:translateX(-100%);left:100%!important}
        .tag{bottom:100%;margin-bottom:.3rem;transform:translateX(-50%);min-width:1.15rem;
        padding:.17rem .25rem;border-radius:.6rem;background:var(--danger);color:var(--card);
        font-weight:600;text-align:center}
        .middle .tag{display:none}
        .key{display:flex;flex-wrap:wrap;align-items:center;gap:.2rem .5rem;color:var(--muted);
        font-size:.9rem}
        .swatch{display:inline-block;width:1.3rem;height:.2rem;border-radius:.1rem;margin-left:.5rem}
        .key span+span+span,.swatch+span{margin-right:.5rem}.swatch:first-child{margin-left:0}
        .swatch.actual{background:var(--actual)}
        .swatch.expected{background:var(--expected)}
        .feature{margin-top:1.1rem}.feature h3,.event h3{display:flex;gap:.6rem;align-items:baseline}
        .peak{margin-left:auto;color:var(--muted);font-weight:400;font-size:.9rem;white-space:nowrap}
        .map{display:grid;grid-template-columns:minmax(4.5rem,max-content) 1fr;gap:1px .75rem;
        align-items:center;margin-top:.75rem}
        .map svg{width:100%;height:1.15rem;display:block;background:var(--page);shape-rendering:crispEdges}
        .map .name{font-size:.8rem;max-width:13rem;overflow:hidden;text-overflow:ellipsis;white-space:nowrap;
        text-align:right}
        .map .x{margin-left:0;margin-top:.35rem}
        .ramp{display:inline-flex;margin-left:.25rem}.ramp i{width:.8rem;height:.8rem}
        \(levels)
        """

    /// A rule for each level of the heat map.
    private static let levels = (1...5).map { level in
        let alpha = 0.12 + 0.176 * Double(level)
        return ["hot", "cool"].map {
            "path.\($0).l\(level){fill:rgba(var(--\($0)),\(alpha))}"
                + "i.\($0).l\(level){background:rgba(var(--\($0)),\(alpha))}"
        }.joined()
    }.joined(separator: "\n")

    private static let tables = """
        .event{padding:1rem 0;border-top:1px solid var(--line)}.event:last-child{padding-bottom:0}
        .event h3 span:nth-child(2){flex:1;min-width:0;font-variant-numeric:tabular-nums}
        .rank{flex:none;min-width:1.6rem;padding:0 .4rem;border-radius:.8rem;background:var(--danger);
        color:var(--card);text-align:center;font-size:.9rem;line-height:1.6rem;align-self:center}
        .parts{display:grid;grid-template-columns:minmax(0,1.15fr) minmax(0,1fr);gap:1rem 2rem;
        align-items:start;margin-top:.5rem}
        .parts>:only-child{grid-column:1/-1}
        .caption{margin:0;color:var(--muted);font-size:.85rem;text-align:right}
        .zoom .chart{margin:.3rem 0 0}
        .scroll{overflow-x:auto}
        table{border-collapse:collapse;width:100%;font-size:.9rem;font-variant-numeric:tabular-nums}
        th{padding:.25rem .6rem .25rem 0;color:var(--muted);font-weight:400;font-size:.8rem;text-align:left;
        white-space:nowrap}
        td{padding:.3rem .6rem .3rem 0;border-top:1px solid var(--line);white-space:nowrap}
        td.name{white-space:normal;min-width:6rem;font-weight:600;overflow-wrap:break-word}
        .n{text-align:right}td.actual,b.actual{color:var(--actual)}
        td.expected,b.expected{color:var(--expected)}
        .bar{width:5rem;min-width:3rem}.bar i{display:block;height:.5rem;border-radius:.25rem;
        background:var(--danger);min-width:2px}
        .at{color:var(--muted)}
        """

    private static let small = """
        .small .x span:nth-child(even){display:none}
        @media (max-width:62rem){.parts{grid-template-columns:minmax(0,1fr)}}
        @media (max-width:44rem){
        body{padding:1rem .75rem 2rem}section{padding:.9rem .8rem}h1{font-size:1.4rem}
        .plot{margin-left:2.6rem}.x{margin-left:2.6rem}.x span:nth-child(even){display:none}
        .large .plot{height:12rem}
        dl{display:grid;grid-template-columns:repeat(3,1fr);gap:.7rem .5rem}dl div{min-width:0}
        dd{font-size:1.05rem}.event h3,.feature h3{flex-wrap:wrap;row-gap:.1rem}
        .event .peak{flex-basis:100%;margin-left:2.2rem}
        .map{grid-template-columns:5.5rem 1fr;gap:1px .5rem}.map .name{max-width:5.5rem;font-size:.72rem}
        .bar{display:none}td,th{padding-right:.6rem}
        }
        """

    private static let paper = """
        @media print{
        body{max-width:none;padding:0;background:#fff;font-size:11pt}
        section{border-color:#ccc;padding:.6rem .8rem}
        .event,.feature,.chart,.verdict,.cautions,.map,tr{break-inside:avoid}h2,h3{break-after:avoid}
        *{print-color-adjust:exact;-webkit-print-color-adjust:exact}
        }
        """
}
