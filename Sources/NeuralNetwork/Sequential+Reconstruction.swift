extension Sequential {
    /// Whether reconstructions are of use beside their errors: a row without its z-scores and the nearest
    /// centre of k-means are not.
    package var hasReconstruction: Bool { baseline == nil || baseline == .pca }

    /// The reason that the network cannot reconstruct windows: its output has another shape than its input;
    /// nil if it can.
    package var windowMismatch: ArchitectureError? {
        guard let last = entries.last, outputShape != inputShape else { return nil }
        let place = "layer \(entries.count - 1) '\(last.name)' (\(last.layer.type))"
        return ArchitectureError(
            index: entries.count - 1,
            detail:
                "\(place) is the last and emits \(outputShape.dimensions), but a reconstruction has the "
                + "window's shape \(inputShape.dimensions)")
    }
}
