using System.Text.Json.Nodes;

namespace FedAi.EndToEndTests.Conformance;

/// <summary>What a client made of an answer, in terms that are the same for all clients.</summary>
internal sealed class Outcome(string client, JsonNode json)
{
    public string Client => client;

    public string? Id => (string?)json["id"];

    public string? Model => (string?)json["model"];

    public string? RequestId => (string?)json["requestId"];

    public string? Text => (string?)json["text"];

    public string? Finish => (string?)json["finish"];

    public (int Input, int Output, int Total) Usage =>
        json["usage"] is { } usage ? ((int)usage["input"]!, (int)usage["output"]!, (int)usage["total"]!) : throw new InvalidOperationException("There is no usage.");

    public bool HasUsage => json["usage"] is not null;

    /// <summary>Pieces of text, each as one event of the client.</summary>
    public IReadOnlyList<string> Deltas => [.. json["deltas"]!.AsArray().Select(delta => (string)delta!)];

    /// <summary>The tool calls as JSON: id, name, and the arguments read.</summary>
    public string Tools => json["tools"]!.ToJsonString();

    /// <summary>What the client read from an answer that is JSON.</summary>
    public JsonNode? Object => json["object"];

    public IReadOnlyList<IReadOnlyList<double>> Vectors => [.. json["vectors"]!.AsArray().Select(vector => vector!.AsArray().Select(number => (double)number!).ToList())];

    /// <summary>Ids of the models listed.</summary>
    public IReadOnlyList<string> Models => [.. json["models"]!.AsArray().Select(model => (string)model!["id"]!)];

    /// <summary>Whether a stream that had begun ended with an error that the client saw.</summary>
    public bool Failed => (bool)json["failed"]!;

    /// <summary>The error the client threw instead of answering; throws when there is none.</summary>
    public JsonNode Error => json["error"] ?? throw new InvalidOperationException("The client reports no error, but: " + json.ToJsonString());

    /// <summary>What only one kind of case reports.</summary>
    public JsonNode? this[string name] => json[name];

    /// <summary>Everything, for comparisons.</summary>
    public string All => json.ToJsonString();

    /// <summary>The exception is of the class the client has for this status, with OpenAI's code, and it names the parameter.</summary>
    public void ShouldBeError(int status, string code, string? param = null)
    {
        ((int?)Error["status"], (string?)Error["code"], (string?)Error["param"]).ShouldBe((status, code, param), Error.ToJsonString());
        ((string)Error["kind"]!).ShouldBe(ClassOf(status));
        ((string?)Error["message"]).ShouldNotBeNullOrWhiteSpace();
    }

    private string ClassOf(int status) => client switch
    {
        Clients.Ai => "AI_APICallError",
        Clients.DotNet => "ClientResultException",
        _ => status switch
        {
            400 => "BadRequestError",
            401 => "AuthenticationError",
            403 => "PermissionDeniedError",
            404 => "NotFoundError",
            429 => "RateLimitError",
            >= 500 => "InternalServerError",
            _ => "APIError",
        },
    };
}
