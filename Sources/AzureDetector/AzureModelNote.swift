import DataFormats
import JSON
import ModelFiles
import NeuralNetwork

/// The note in the file of a model of Azure's API: the training request, and the states of the variables.
struct AzureModelNote: Sendable {
    let training: AzureTrainRequest
    let states: [VariableState]
    /// The time of the request, RFC 3339 in UTC.
    let created: String

    init(_ training: AzureTrainRequest, _ states: [VariableState]) {
        self.training = training
        self.states = states
        created = Software.now
    }

    /// Reads a model's note; nil if the model is not one of this API. The note is untrusted, because clients
    /// upload files.
    init?(_ model: ModelDescription) {
        guard let text = model.note, let document = try? JSONReader.parse(Array(text.utf8)),
            var body = try? FieldReader(document)
        else { return nil }
        guard let created = try? body.requiredString("createdTime"), UTCTime(created) != nil,
            let readers = try? body.objects("variableStates", count: 1...AzureDataSource.maxVariables),
            let training = try? body.azureTrainRequest()
        else { return nil }
        var states: [VariableState] = []
        for var reader in readers {
            guard let state = try? VariableState(&reader) else { return nil }
            states.append(state)
        }
        guard states.map(\.variable) == model.featureNames,
            training.slidingWindow == model.inputShape.timesteps
        else { return nil }
        self.training = training
        self.states = states
        self.created = created
    }

    /// The note as JSON.
    var text: String {
        var json = JSONWriter()
        json.object { json in
            json.member("createdTime", created)
            json.members(of: training)
            json.member("variableStates", states)
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }
}

extension VariableState {
    fileprivate init(_ body: inout FieldReader) throws(JSONError) {
        variable = try body.requiredString("variable")
        filledNARatio = try body.double("filledNARatio", in: 0...1, default: 0)
        effectiveCount = try body.int("effectiveCount", in: 0...Int.max, default: 0)
        first = try body.string("firstTimestamp").flatMap { UTCTime($0) }
        last = try body.string("lastTimestamp").flatMap { UTCTime($0) }
    }
}

extension JSONWriter {
    /// A training request, as members of the current object.
    mutating func members(of training: AzureTrainRequest) {
        member("dataSource", training.source)
        member("dataSchema", training.schema.rawValue)
        member("startTime", "\(training.start)")
        member("endTime", "\(training.end)")
        if let name = training.displayName { member("displayName", name) }
        member("slidingWindow", training.slidingWindow)
        object("alignPolicy") { json in
            json.member("alignMode", training.policy.mode.rawValue)
            json.member("fillNAMethod", training.policy.fill.rawValue)
            if let padding = training.policy.padding { json.member("paddingValue", padding) }
        }
    }

    /// `"name":[{"variable":"flow",…},…]`.
    mutating func member(_ name: String, _ states: [VariableState]) {
        array(name, of: states) { json, state in
            json.object { json in
                json.member("variable", state.variable)
                json.member("filledNARatio", state.filledNARatio)
                json.member("effectiveCount", state.effectiveCount)
                if let first = state.first { json.member("firstTimestamp", "\(first)") }
                if let last = state.last { json.member("lastTimestamp", "\(last)") }
            }
        }
    }
}
