// Draws charts a few at a time, so that many of them do not hold up the page.

/** The time for drawing in each frame, in milliseconds. */
const budget = 12;

/** What has to be drawn: each has a method `draw`. */
const queue = new Set();

/** Draws a chart in one of the next frames. */
export function scheduleDrawing(chart) {
  if (!queue.size) requestAnimationFrame(drawNext);
  queue.add(chart);
}

function drawNext() {
  const end = performance.now() + budget;
  for (const chart of queue) {
    queue.delete(chart);
    chart.draw();
    if (performance.now() > end) break;
  }
  if (queue.size) requestAnimationFrame(drawNext);
}
