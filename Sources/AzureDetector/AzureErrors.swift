import HTTP1
import JSON
import ServingAPI

/// Errors as the clients of Azure's Anomaly Detector expect them: `{"code": …, "message": …}`, with the code in the field
/// `x-ms-error-code` too. Codes are those that the service's documentation lists, where one fits.
extension Problem {
    /// An error with a code of the service's.
    static func azure(_ status: Status, _ code: String, _ message: String) -> Problem {
        Problem(status, code, message)
    }

    static func modelNotExist(_ id: String) -> Problem {
        .azure(
            .notFound, "ModelNotExist",
            "there is no model \(Quote.text(id)) of this API; GET \(AzurePath.models) lists those that there are"
        )
    }

    static func resultNotExist(_ id: String) -> Problem {
        .azure(
            .notFound, "ResultNotExist",
            "there is no result \(Quote.text(id)); the last \(AzureDetectorState.maxResults) are kept until the server stops"
        )
    }

    /// The code of this problem.
    var azureCode: String {
        switch slug {
        case "malformed-json": "InvalidJsonFormat"
        case "unknown-model": "ModelNotExist"
        case "too-many-trainings": "TooManyRunningModels"
        case "content-too-large": "InvalidFileSize"
        case "storage-failed": "UnexpectedError"
        case "invalid-request", "bad-request":
            switch pointer {
            case "/slidingWindow": "InvalidSlidingWindow"
            case "/alignPolicy/alignMode": "InvalidAlignMode"
            case "/alignPolicy/fillNAMethod": "InvalidFillNAMethod"
            default: "BadArgument"
            }
        default:
            // A code already, or the name of a problem that the service had no code for.
            slug.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
        }
    }

    /// The answer. The service knew no 422.
    var azureResponse: Response {
        .json(
            status == .unprocessableContent ? .badRequest : status,
            fields: [(name: "x-ms-error-code", value: azureCode)] + fields, writeAzureError)
    }

    /// The members of the document.
    func writeAzureError(to json: inout JSONWriter) {
        json.member("code", azureCode)
        json.member("message", detail)
    }
}
