import ArgumentParser

/// Which error has the score 1.
struct ThresholdOptions: ParsableArguments {
    @Option(help: "The error that has the score 1, instead of one that is learned.")
    var threshold: Double?
    @Option(
        help:
            "The same as a quantile of the errors of the windows that it is learned from; 0.99 is the default."
    )
    var quantile: Double?
    @Option(help: "The same as so many standard deviations above the mean of those errors.")
    var sigmas: Double?
}

/// What the server warns of, for people.
func text(ofWarnings warnings: [String]) -> String {
    warnings.map { "\nwarning: \($0)" }.joined()
}
