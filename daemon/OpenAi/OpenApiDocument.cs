using System.Globalization;
using System.Text.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.OpenAi;

/// <summary>
/// Writes /openapi.json (OpenAPI 3.1) from what the code itself runs by: the endpoints that are mapped, the rows of their parameters,
/// and the table of errors.
/// </summary>
internal static class OpenApiDocument
{
    public static void Write(Utf8JsonWriter json, IEnumerable<RouteEndpoint> endpoints)
    {
        json.WriteString("openapi"u8, "3.1.0"u8);
        json.WriteStartObject("info"u8);
        json.WriteString("title"u8, "FedAiP2P"u8);
        json.WriteString("version"u8, typeof(OpenApiDocument).Assembly.GetName().Version?.ToString(3) ?? "0");
        json.WriteString("description"u8, "OpenAI's API over a federation of nodes (/v1), and how its daemons speak with each other (docs/WIRE.md): there a body is a signed envelope, and x-fedai-payload names the type of what it holds. x-fedai-use says of each parameter whether it is honoured, accepted without effect, or refused except with these values."u8);
        json.WriteEndObject();
        json.WriteStartObject("paths"u8);
        var operations = endpoints.Select(endpoint => (Path: PathOf(endpoint), Method: endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods[0], Operation: endpoint.Metadata.GetMetadata<OpenApiOperation>()));
        foreach (var path in operations.GroupBy(endpoint => endpoint.Path, StringComparer.Ordinal).OrderBy(path => path.Key, StringComparer.Ordinal))
        {
            json.WriteStartObject(path.Key);
            foreach (var (_, method, operation) in path)
                if (operation is not null) WriteOperation(json, method, path.Key, operation);
                else WriteOther(json, method, path.Key);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteStartObject("components"u8);
        json.WriteStartObject("schemas"u8);
        foreach (var (name, schema) in OpenApiSchemas.All) WriteRaw(json, name, schema);
        foreach (var operation in OpenAiOperation.All) WriteBody(json, operation);
        json.WriteEndObject();
        WriteRaw(json, "securitySchemes", """{"key":{"type":"http","scheme":"bearer"}}""");
        json.WriteEndObject();
        WriteRaw(json, "security", """[{},{"key":[]}]""");
        WriteErrors(json);
    }

    /// <summary>The schema's name of an operation's body.</summary>
    private static string BodyOf(OpenAiOperation operation) =>
        operation == OpenAiOperation.Chat ? "ChatRequest" : operation == OpenAiOperation.Completion ? "CompletionRequest" : "EmbeddingRequest";

    /// <summary>As the specification writes it: no catch-all marks.</summary>
    private static string PathOf(RouteEndpoint endpoint) => "/" + endpoint.RoutePattern.RawText!.TrimStart('/').Replace("{**", "{", StringComparison.Ordinal);

    /// <summary>An address of the federation, or of this machine's own commands.</summary>
    private static void WriteOther(Utf8JsonWriter json, string method, string path)
    {
        var (summary, payload) = RouteSummaries.Of(method, path);
        json.WriteStartObject(method.ToLowerInvariant());
        json.WriteString("operationId"u8, $"{method.ToLowerInvariant()}{string.Concat(path.Select(character => char.IsAsciiLetterOrDigit(character) ? character : '_'))}");
        json.WriteString("summary"u8, summary ?? "");
        WriteParameters(json, path, []);
        if (payload is not null)
        {
            json.WriteString("x-fedai-payload"u8, payload);
            WriteRaw(json, "requestBody", """{"required":true,"content":{"application/json":""" + Schema("Envelope") + "}}");
        }

        WriteRaw(json, "responses", """{"200":{"description":"See docs/WIRE.md."},"default":{"description":"A refusal.","content":{"application/json":""" + Schema("Refusal") + "}}}");
        json.WriteEndObject();
    }

    private static void WriteParameters(Utf8JsonWriter json, string path, IEnumerable<string> others)
    {
        string[] all = [.. path.Split('/').Where(part => part.StartsWith('{')).Select(part => $$$"""{"name":"{{{part[1..^1]}}}","in":"path","required":true,"schema":{"type":"string"}}"""), .. others];
        if (all.Length > 0) WriteRaw(json, "parameters", $"[{string.Join(',', all)}]");
    }

    private static void WriteOperation(Utf8JsonWriter json, string method, string path, OpenApiOperation operation)
    {
        json.WriteStartObject(method.ToLowerInvariant());
        json.WriteString("operationId"u8, operation.Id);
        json.WriteString("summary"u8, operation.Summary);
        WriteParameters(json, path, operation.Body is null ? [] :
        [
            $$$"""{"name":"{{{PrivacyHeader.Name}}}","in":"header","description":"Who may read the request; without it what the operator chose (api.privacy), which is PL1 unless said.","schema":{"enum":["PL0","PL1","PL2","PL3"]}}""",
            """{"name":"Prefer","in":"header","description":"respond-async: 202 at once, and the answer at Location.","schema":{"type":"string"}}""",
        ]);
        if (operation.Body is { } body) WriteRaw(json, "requestBody", $$$"""{"required":true,"content":{"application/json":{{{Schema(BodyOf(body()))}}}}}""");
        json.WriteStartObject("responses"u8);
        var streamed = operation.StreamedAnswer is { } chunk ? $$$""","text/event-stream":{{{Schema(chunk)}}}""" : "";
        WriteRaw(json, "200", $$$"""{"description":"The answer.","content":{"application/json":{{{Schema(operation.Answer)}}}{{{streamed}}}}}""");
        if (operation.Body is not null) WriteRaw(json, "202", $$$"""{"description":"The job that makes the answer; Location says where it will be.","content":{"application/json":{{{Schema("Job")}}}}}""");
        WriteRaw(json, "default", $$$"""{"description":"An error.","content":{"application/json":{{{Schema("Error")}}}}}""");
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteBody(Utf8JsonWriter json, OpenAiOperation operation)
    {
        json.WriteStartObject(BodyOf(operation));
        json.WriteString("type"u8, "object"u8);
        json.WriteStartArray("required"u8);
        foreach (var parameter in operation.Parameters.Where(parameter => parameter.Required)) json.WriteStringValue(parameter.Name);
        json.WriteEndArray();
        json.WriteStartObject("properties"u8);
        foreach (var parameter in operation.Parameters)
        {
            json.WriteStartObject(parameter.Name);
            json.WriteString("description"u8, parameter.Description);
            json.WriteString("x-fedai-use"u8, parameter.Use switch
            {
                ParameterUse.Honoured => "honoured",
                ParameterUse.WithoutEffect => "without effect",
                _ => "refused",
            });
            // A schema beside others: what it says holds as well.
            if (parameter.Schema != "true") WriteRaw(json, "allOf", $"[{parameter.Schema}]");
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>The total table: each code of this surface with its status and type.</summary>
    private static void WriteErrors(Utf8JsonWriter json)
    {
        json.WriteStartArray("x-fedai-errors"u8);
        foreach (var error in Enum.GetValues<ErrorCode>().Select(code => OpenAiErrors.From(new Refusal(code))))
            json.WriteRawValue(string.Create(CultureInfo.InvariantCulture, $$"""{"code":"{{error.Code}}","status":{{error.Status}},"type":"{{error.Type}}"}"""));
        json.WriteEndArray();
    }

    private static string Schema(string name) => $$$"""{"schema":{"$ref":"#/components/schemas/{{{name}}}"}}""";

    private static void WriteRaw(Utf8JsonWriter json, string name, string value)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(value);
    }
}
