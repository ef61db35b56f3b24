import HTTP1
import JSON
import ServingAPI

/// Errors in the format of Azure's Anomaly Detector: `{"code": …, "message": …}`, with the code also in the
/// header field `x-ms-error-code`. The codes are from Azure's documentation where it has one for the error.
extension Problem {
    /// An error with one of Azure's codes.
    static func azure(_ status: Status, _ code: String, _ message: String) -> Problem {
        Problem(.badRequest, message, status: status, code: code)
    }

    static func modelNotExist(_ id: String) -> Problem {
        .azure(
            .notFound, "ModelNotExist",
            "there is no model \(Quote.text(id)) of this API; GET \(AzurePath.models) lists all models"
        )
    }

    static func resultNotExist(_ id: String) -> Problem {
        .azure(
            .notFound, "ResultNotExist",
            "there is no result \(Quote.text(id)); the server keeps the last "
                + "\(AzureDetectorState.maxResults) until it stops"
        )
    }

    /// The code of the problem: one of Azure's documentation, or the problem type in Azure's spelling if
    /// there is none.
    var azureCode: String {
        if let code { return code }
        return switch type {
        case .malformedJSON: "InvalidJsonFormat"
        case .unknownModel: "ModelNotExist"
        case .tooManyTrainings: "TooManyRunningModels"
        case .contentTooLarge: "InvalidFileSize"
        case .storageFailed: "UnexpectedError"
        case .invalidRequest, .badRequest:
            switch pointer {
            case "/slidingWindow": "InvalidSlidingWindow"
            case "/alignPolicy/alignMode": "InvalidAlignMode"
            case "/alignPolicy/fillNAMethod": "InvalidFillNAMethod"
            default: "BadArgument"
            }
        default:
            type.rawValue.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
        }
    }

    /// The response in Azure's format. 422 becomes 400, because Azure's API does not have 422.
    var azureResponse: Response {
        .json(
            status == .unprocessableContent ? .badRequest : status,
            fields: [(name: "x-ms-error-code", value: azureCode)] + fields, writeAzureError)
    }

    /// Writes the members of the document.
    func writeAzureError(to json: inout JSONWriter) {
        json.member("code", azureCode)
        json.member("message", detail)
    }
}
