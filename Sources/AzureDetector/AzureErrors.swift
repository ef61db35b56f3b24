import HTTP1
import JSON
import ServingAPI

/// Errors as clients of Azure's Anomaly Detector expect them: `{"code": …, "message": …}`, with the code in the header field
/// `x-ms-error-code` too. The codes are those of Azure's documentation, where one fits.
extension Problem {
    /// An error with one of Azure's codes.
    static func azure(_ status: Status, _ code: String, _ message: String) -> Problem {
        Problem(.badRequest, message, status: status, code: code)
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

    /// The code of this problem, after Azure's documentation; the type in Azure's spelling where that has no code for it.
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

    /// The response in Azure's form, which does not have 422.
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
