import HTTP1
import Training

/// What an admitted request may do: the scope of its route, with the models that its key has the scope for.
package struct Permission: Sendable {
    /// nil for a server without keys and for routes that need none, which may use every model.
    private let holder: (key: APIKey, keys: APIKeys)?
    private let scope: Scope?

    /// The permission of a request that needs no key.
    static let unlimited = Permission(holder: nil, scope: nil)

    private init(holder: (key: APIKey, keys: APIKeys)?, scope: Scope?) {
        (self.holder, self.scope) = (holder, scope)
    }

    /// Checks a request's key.
    /// - Parameter keys: the keys of the server; nil if it has none.
    /// - Throws: 401 without a valid key, 429 beyond its rate, 403 if it lacks the route's scope.
    init(_ fields: HeaderFields, for route: Route, _ keys: APIKeys?) throws(Problem) {
        guard let keys, let scope = route.scope else {
            self = .unlimited
            return
        }
        let key = try keys.key(of: fields)
        guard key.has(scope) || route.ownerScope.map(key.has) == true else {
            throw .missingScope(scope, of: key)
        }
        if route.usesAllModels, !key.hasForAllModels(scope) {
            throw .missingScopeForAllModels(scope, of: key)
        }
        self.init(holder: (key, keys), scope: scope)
    }

    /// The name of the key; nil if the request needs none.
    var keyName: String? { holder?.key.name }

    /// The owner of the trainings that the request starts; nil if it needs no key.
    var owner: TrainingJobs.Owner? {
        holder.map { TrainingJobs.Owner(name: $0.key.name, maxTrainings: $0.key.maxTrainings) }
    }

    /// The permission as the key's line is now; nil if the key has been revoked or has expired.
    var current: Permission? {
        guard let holder else { return self }
        return holder.keys.current(holder.key).map { Permission(holder: ($0, holder.keys), scope: scope) }
    }

    /// Whether the request may use a model. Listings leave out the others.
    package func allows(_ name: String) -> Bool {
        guard let holder, let scope else { return true }
        return holder.key.allows(scope, model: name)
    }

    /// A model that the request names.
    /// - Throws: 403 if the key does not have the route's scope for it, whether it exists or not.
    package func model(_ name: String) throws(Problem) -> PermittedModel {
        guard let holder, let scope, !allows(name) else { return PermittedModel(name: name) }
        throw .missingScope(scope, of: holder.key, forModel: name)
    }

    /// Whether the request may use a job: the key has started it, or has the route's scope for its model.
    func allows(_ job: TrainingJob) -> Bool {
        (holder != nil && job.owner == holder?.key.name) || allows(job.model)
    }
}

/// The name of a model that the request may use. It need not exist, nor be valid.
///
/// Only ``Permission/model(_:)`` makes one, and models are looked up and trained by it, so that no route can
/// leave out the check.
package struct PermittedModel: Sendable {
    package let name: String

    fileprivate init(name: String) { self.name = name }
}
