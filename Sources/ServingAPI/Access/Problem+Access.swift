import HTTP1
import JSON

/// The refusals of access control, with the challenges of RFC 6750, 3.
extension Problem {
    private static let challenge = "Bearer realm=\"reprise\""

    static func noKey() -> Problem {
        .unauthorized("this server requires an API key: send one as Authorization: Bearer KEY", challenge)
    }

    static func severalKeys(_ count: Int) -> Problem {
        .unauthorized(
            "the request has \(count) API keys; send one, either as Authorization: Bearer KEY or in "
                + APIKeys.subscriptionKeyField, challenge + ", error=\"invalid_request\"")
    }

    static func unknownKey() -> Problem {
        .unauthorized("the API key is unknown", challenge + ", error=\"invalid_token\"")
    }

    static func expiredKey(_ key: APIKey) -> Problem {
        .unauthorized(
            "the API key \(Quote.text(key.name)) expired at \(key.expires ?? ""); use another key",
            challenge + ", error=\"invalid_token\", error_description=\"The access token expired\"")
    }

    /// The key has ended since the request was admitted.
    static func endedKey() -> Problem {
        .unauthorized(
            "the API key has been revoked, has expired, or no longer allows this; trainings that have begun "
                + "go on",
            challenge + ", error=\"invalid_token\"")
    }

    static func missingScope(_ scope: Scope, of key: APIKey) -> Problem {
        missingScope(scope, "the API key \(Quote.text(key.name)) lacks the scope \(scope.rawValue)")
    }

    static func missingScope(_ scope: Scope, of key: APIKey, forModel name: String) -> Problem {
        missingScope(
            scope,
            "the API key \(Quote.text(key.name)) lacks the scope \(scope.rawValue) for model "
                + Quote.text(name))
    }

    static func missingScopeForAllModels(_ scope: Scope, of key: APIKey) -> Problem {
        missingScope(
            scope,
            "the API key \(Quote.text(key.name)) has the scope \(scope.rawValue) for some models only; this "
                + "path needs it for all models")
    }

    private static func missingScope(_ scope: Scope, _ detail: String) -> Problem {
        .forbidden(detail, challenge + ", error=\"insufficient_scope\", scope=\"\(scope.rawValue)\"")
    }

    /// 429: beyond the rate of a key.
    /// - Parameter seconds: the time until the next request is allowed.
    static func tooManyRequests(_ key: APIKey, _ seconds: Double) -> Problem {
        Problem(
            .tooManyRequests,
            "the API key \(Quote.text(key.name)) sends more requests than its limit, "
                + "rate=\(key.rate ?? ""), allows",
            fields: [(name: "Retry-After", value: "\(max(1, Int(seconds.rounded(.up))))")])
    }
}
