using System.Text.Json.Serialization;
using FedAi.Protocol.Rules;

namespace FedAi.Daemon.Node;

/// <summary>One server with OpenAI's interface whose models this node shares.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record UpstreamOptions
{
    /// <summary>Where its interface lies, such as <c>http://127.0.0.1:11434/v1</c>; without https on this machine only, unless allowPlain is set.</summary>
    public string? Url { get; init; }

    /// <summary>A file whose first line is the server's API key. Default: none is sent.</summary>
    public string? ApiKeyFile { get; init; }

    /// <summary>The only models to share, by the names that the server gives them. Default: all it lists.</summary>
    public IReadOnlyList<string>? Models { get; init; }

    /// <summary>Tokens of prompt and answer together, where the server does not say. Default: runner.contextTokens.</summary>
    public int? ContextTokens { get; init; }

    /// <summary>What its models can do, of tools, json and embeddings; clients that need what is not named here are sent elsewhere. Default: tools and json.</summary>
    public IReadOnlyList<string>? Features { get; init; }

    /// <summary>Milliseconds until its first event; a node ends the whole request after node.maxRuntimeMs. Default: 240000.</summary>
    public int? FirstTokenMs { get; init; }

    /// <summary>Milliseconds that it may be silent after that. Default: 30000.</summary>
    public int? IdleMs { get; init; }

    /// <summary>Permits http:// to another machine, over which prompts travel in clear. Default: false.</summary>
    public bool? AllowPlain { get; init; }

    /// <summary>What there can be in <see cref="Features"/>.</summary>
    [JsonIgnore]
    public static IReadOnlyList<string> KnownFeatures { get; } = [ModelFeatures.Tools, ModelFeatures.Json, ModelFeatures.Embeddings];
}
