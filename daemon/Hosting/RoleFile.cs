using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Hosting;

/// <summary>The signed manifest in the data folder, from which the daemon takes its role (ARCHITECTURE §1).</summary>
internal static class RoleFile
{
    public static string PathFor(string dataFolder, Role role) => Path.Combine(dataFolder, role == Role.Node ? "node.manifest.json" : "router.manifest.json");

    /// <summary>The role and, of a router, what its manifest says; or in the last place why there is none and what to do.</summary>
    public static (Role? Role, RouterManifest? Router, string? Problem) Read(string dataFolder, KeyPair key)
    {
        var found = new[] { Role.Node, Role.Router }.Where(role => File.Exists(PathFor(dataFolder, role))).ToList();
        if (found is not [var only])
        {
            return (null, null, found.Count == 0
                ? $"there is no manifest in {dataFolder}: write one with fedai manifest --write --role node|router --data {dataFolder}"
                : $"there are two manifests in {dataFolder}: one daemon has one role, so give the other its own folder");
        }

        var path = PathFor(dataFolder, only);
        var json = File.ReadAllBytes(path);
        var (signer, refusal) = Open(json, only);
        if (refusal is not null) return (null, null, $"{path}: {Sentence(refusal)}");
        return key.PublicKey.Equals(signer)
            ? (only, only == Role.Router ? Manifests.Open(json, ProtocolJson.Default.RouterManifest).Manifest : null, null)
            : (null, null, $"{path} was signed by another key than this folder's identity.nsec: write it anew with fedai manifest --write --role {only.ToString().ToLowerInvariant()} --data {dataFolder}");
    }

    /// <summary>Checks shape, id and signature of a manifest of either role.</summary>
    public static (PublicKey? Key, Refusal? Refusal) Open(ReadOnlySpan<byte> json, Role role)
    {
        if (role == Role.Node)
        {
            var node = Manifests.Open(json, ProtocolJson.Default.NodeManifest);
            return (node.Key, node.Refusal);
        }

        var router = Manifests.Open(json, ProtocolJson.Default.RouterManifest);
        return (router.Key, router.Refusal);
    }

    public static string Sentence(Refusal refusal) => refusal.Details is { Count: > 0 } details ? $"{refusal.Hint} {string.Join("; ", details)}" : refusal.Hint ?? refusal.Code.Wire();
}
