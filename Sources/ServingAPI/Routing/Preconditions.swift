import HTTP1

/// The conditions of a request on the resource that is its target: If-Match and If-None-Match (RFC 9110,
/// 13.1.1 and 13.1.2). A request that changes the resource is not performed if one of them is false.
///
/// If-Unmodified-Since has no effect, because no representation has a modification date (RFC 9110, 13.1.4).
/// POST ignores conditions: what it changes is not its target.
package struct Preconditions: Sendable {
    /// The target before the request.
    enum Target {
        case missing
        /// The entity tag of the current representation; nil for a resource without one.
        case present(EntityTag?)
    }

    private let match: [String]
    private let noneMatch: [String]

    init(_ fields: HeaderFields) {
        match = fields.values(of: "If-Match")
        noneMatch = fields.values(of: "If-None-Match")
    }

    /// Whether the request has no conditions.
    var isEmpty: Bool { match.isEmpty && noneMatch.isEmpty }

    /// Returns 412 if a condition is false; nil if all are true.
    func failure(of target: Target) -> Problem? {
        switch target {
        case .missing:
            match.isEmpty
                ? nil : .preconditionFailed("the If-Match field requires a resource that does not exist")
        case .present(let tag):
            matchFailure(of: tag)
                ?? (isExcluded(tag)
                    ? .preconditionFailed(
                        "the If-None-Match field excludes the resource, which exists"
                            + (tag.map { " with the entity tag \($0.text)" } ?? "")) : nil)
        }
    }

    /// Returns 412 if a condition on the file of a model's latest version is false; nil if all are true.
    /// - Parameter digest: identifies the content of the file, in hexadecimal; nil if there is no version.
    func failure(ofFile digest: String?) -> Problem? {
        failure(of: digest.map { .present(EntityTag(fileDigest: $0)) } ?? .missing)
    }

    /// Returns 412 if If-Match does not list the tag of an existing resource, by the strong comparison.
    func matchFailure(of tag: EntityTag?) -> Problem? {
        guard !match.isEmpty, !Self.isListed(tag, in: match, by: .strong) else { return nil }
        return .preconditionFailed(
            "the If-Match field does not list the "
                + (tag.map { "current entity tag \($0.text)" }
                    ?? "resource, which has no entity tag; only * does"))
    }

    /// Whether If-None-Match lists the tag of an existing resource, by the weak comparison.
    func isExcluded(_ tag: EntityTag?) -> Bool {
        !noneMatch.isEmpty && Self.isListed(tag, in: noneMatch, by: .weak)
    }

    /// Whether a field lists the tag, or is `*`, which stands for every resource that exists.
    private static func isListed(
        _ tag: EntityTag?, in values: [String], by comparison: EntityTag.Comparison
    ) -> Bool { values.contains("*") || tag?.isListed(in: values, by: comparison) ?? false }
}

extension Call {
    /// The conditions of the request.
    var preconditions: Preconditions { Preconditions(request.fields) }

    /// Checks the conditions of a request that deletes a resource without an entity tag. They only depend on
    /// the existence of the resource, so that no lock is needed: without the resource, the response is 404.
    /// - Parameter requireSuccess: throws the problem of the response without the conditions, which are
    ///   ignored then (RFC 9110, 13.2.1).
    /// - Throws: 412 if a condition is false.
    package func checkPreconditions(
        unless requireSuccess: () throws(Problem) -> Void
    ) throws(Problem) {
        guard let failure = preconditions.failure(of: .present(nil)) else { return }
        try requireSuccess()
        throw failure
    }
}
