using System.Collections.Concurrent;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Node;

/// <summary>Shows this node's signed manifest to a router that has taken it in, again when the router was away and may have forgotten, and again when it was written anew.</summary>
internal sealed partial class OwnManifest(string path, RouterCallClient client, ILogger<OwnManifest> logger)
{
    /// <summary>The file in a node's data folder.</summary>
    public const string FileName = "node.manifest.json";

    private readonly ConcurrentDictionary<PublicKey, (ErrorCode? Code, DateTime WrittenUtc)> outcomes = new();

    /// <summary>After every registration, whatever became of it.</summary>
    public async Task ShowAsync(PublicKey router, bool isRegistered, CancellationToken stopping)
    {
        if (!isRegistered) outcomes.TryRemove(router, out _);
        // Before it is read: what is written meanwhile is shown the next time.
        var writtenUtc = File.GetLastWriteTimeUtc(path);
        var isKnown = outcomes.TryGetValue(router, out var before);
        if (!isRegistered || (isKnown && before == (null, writtenUtc)) || Read() is not { } manifest) return;

        var refusal = await client.PostSignedAsync(router, "manifest", manifest, stopping);
        var code = refusal is null or { Code: ErrorCode.ManifestNotNewer } ? null : (ErrorCode?)refusal.Code;
        if (code is not null && (!isKnown || before.Code != code)) LogNotTaken(router.Npub, refusal!.Code.Wire(), refusal.Hint);
        outcomes[router] = (code, writtenUtc);
    }

    /// <summary>Tells the operator where the manifest says something else than this node does from now on.</summary>
    public void Compare(NodeOptions node, RunnerOptions runner)
    {
        if (Read() is not { } json || Manifests.Open(json, ProtocolJson.Default.NodeManifest).Manifest is not { } manifest) return;
        foreach (var difference in NodeTerms.Differences(manifest, node, runner)) LogDiffers(difference);
    }

    private byte[]? Read()
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "router {Router} does not take this node's manifest: {Code}. {Hint}")]
    private partial void LogNotTaken(string router, string code, string? hint);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the configuration and the manifest differ, and routers go by the manifest: {Difference}. Write it anew with fedai manifest --write --role node; it is shown to them at once")]
    private partial void LogDiffers(string difference);
}
