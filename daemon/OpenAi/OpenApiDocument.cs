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
        json.WriteString("description"u8, "OpenAI's API over a federation of nodes. x-fedai-use says of each parameter whether it is honoured, accepted without effect, or refused except with these values."u8);
        json.WriteEndObject();
        json.WriteStartObject("paths"u8);
        var operations = endpoints.Select(endpoint => (Path: PathOf(endpoint), Method: endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods[0], Operation: endpoint.Metadata.GetMetadata<OpenApiOperation>()))
            .Where(endpoint => endpoint is { Operation: not null, Method: not null });
        foreach (var path in operations.GroupBy(endpoint => endpoint.Path, StringComparer.Ordinal).OrderBy(path => path.Key, StringComparer.Ordinal))
        {
            json.WriteStartObject(path.Key);
            foreach (var (_, method, operation) in path) WriteOperation(json, method!, operation!, path.Key.Contains("{id}", StringComparison.Ordinal));
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

    private static void WriteOperation(Utf8JsonWriter json, string method, OpenApiOperation operation, bool hasId)
    {
        json.WriteStartObject(method.ToLowerInvariant());
        json.WriteString("operationId"u8, operation.Id);
        json.WriteString("summary"u8, operation.Summary);
        if (hasId || operation.Body is not null)
        {
            json.WriteStartArray("parameters"u8);
            if (hasId) json.WriteRawValue("""{"name":"id","in":"path","required":true,"schema":{"type":"string"}}""");
            if (operation.Body is not null)
            {
                json.WriteRawValue($$$"""{"name":"{{{PrivacyHeader.Name}}}","in":"header","description":"Who may read the request.","schema":{"enum":["PL0","PL1","PL2","PL3"],"default":"PL1"}}""");
                json.WriteRawValue("""{"name":"Prefer","in":"header","description":"respond-async: 202 at once, and the answer at Location.","schema":{"type":"string"}}""");
            }

            json.WriteEndArray();
        }

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
