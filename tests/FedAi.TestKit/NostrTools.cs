using System.Text;
using System.Text.Json.Nodes;
using FedAi.Protocol.Nostr;

namespace FedAi.TestKit;

/// <summary>nostr-tools, the second opinion on keys and events.</summary>
internal sealed class NostrTools : IAsyncDisposable
{
    private readonly NodeScript script = NodeScript.Start("nostr.mjs");

    public static JsonNode ToJson(NostrEvent value)
    {
        var json = new System.Buffers.ArrayBufferWriter<byte>();
        value.WriteTo(json);
        return JsonNode.Parse(json.WrittenSpan)!;
    }

    /// <summary>For each event, whether nostr-tools finds id and signature right.</summary>
    public async Task<IReadOnlyList<bool>> VerifyAsync(IEnumerable<NostrEvent> events)
    {
        var question = new JsonObject { ["op"] = "verify", ["events"] = new JsonArray([.. events.Select(ToJson)]) };
        return [.. (await script.AskAsync(question)).AsArray().Select(verdict => (bool)verdict!)];
    }

    /// <summary>The control message in each event by the rule of WIRE 3.8, or <c>{error}</c>.</summary>
    public async Task<JsonArray> ParseAsync(IEnumerable<NostrEvent> events) =>
        (await script.AskAsync(new JsonObject { ["op"] = "parse", ["events"] = new JsonArray([.. events.Select(ToJson)]) })).AsArray();

    /// <summary>Signs templates <c>{kind, created_at, tags, content}</c>; returns the events as the text that would travel.</summary>
    public async Task<IReadOnlyList<byte[]>> SignAsync(string secretHex, JsonArray templates)
    {
        var question = new JsonObject { ["op"] = "sign", ["secret"] = secretHex, ["templates"] = templates };
        return [.. (await script.AskAsync(question)).AsArray().Select(signed => Encoding.UTF8.GetBytes(signed!.ToJsonString()))];
    }

    /// <summary>New keys: <c>{secret, pubkey, nsec, npub}</c>.</summary>
    public async Task<JsonArray> KeysAsync(int count) => (await script.AskAsync(new JsonObject { ["op"] = "keys", ["count"] = count })).AsArray();

    /// <summary>What nostr-tools reads from our secrets: <c>{secret, pubkey, npub}</c>.</summary>
    public async Task<JsonArray> ReadAsync(IEnumerable<string> nsecs) =>
        (await script.AskAsync(new JsonObject { ["op"] = "read", ["nsecs"] = new JsonArray([.. nsecs.Select(nsec => (JsonNode)nsec)]) })).AsArray();

    /// <summary>Stored events of a relay: <c>{verified, event}</c>.</summary>
    public async Task<JsonArray> FetchAsync(Uri relay, JsonObject filter) =>
        (await script.AskAsync(new JsonObject { ["op"] = "fetch", ["relay"] = relay.ToString(), ["filter"] = filter })).AsArray();

    /// <summary>Publishes an event: <c>{accepted, message}</c>.</summary>
    public async Task<JsonObject> PublishAsync(Uri relay, JsonNode value) =>
        (await script.AskAsync(new JsonObject { ["op"] = "publish", ["relay"] = relay.ToString(), ["event"] = value })).AsObject();

    public ValueTask DisposeAsync() => script.DisposeAsync();
}
