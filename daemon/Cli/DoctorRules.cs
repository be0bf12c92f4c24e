using System.Globalization;
using System.Text.Json.Nodes;
using FedAi.Daemon.Capability;

namespace FedAi.Daemon.Cli;

/// <summary>What a running daemon's own account (<c>/status</c>, <c>/doctor</c>) says about its health, in plain words. Pure.</summary>
internal static class DoctorRules
{
    /// <summary>Others refuse what is five minutes off; a clock that is half a minute off will get there.</summary>
    private const long ClockMs = 30_000;

    public static IEnumerable<Finding> Judge(JsonNode status, JsonNode? doctor) =>
    [
        .. Services(status),
        .. (string?)status["role"] switch
        {
            "node" => [.. Runner(status), .. Registrations(status)],
            "router" => [.. Nodes(status), .. Address(status), .. Announced(status)],
            "gateway" => Routers(status),
            _ => [],
        },
        .. Directories(status),
        .. Relays(status),
        .. Clock(status),
        .. Reach(status, doctor),
    ];

    /// <summary>
    /// Why a node's model does not use the GPU that its machine has: <paramref name="missing"/> is what it needs and this machine lacks, if anything, and
    /// <paramref name="status"/> that of the running daemon, if one runs. No finding where there is none that llama.cpp's builds here know.
    /// </summary>
    public static Finding? Gpu(GpuProfile gpu, int? wanted, string? missing, JsonNode? status)
    {
        if (gpu.Vendor != "nvidia") return null;
        if (wanted == 0) return new Finding("gpu", true, "an NVIDIA GPU is here, and runner.gpuLayers 0 leaves it alone");
        if (missing is not null)
            return new Finding("gpu", wanted is null, $"an NVIDIA GPU is here, and models run on the processor. {missing}", "start the node again after that; or set runner.gpuLayers=0 to leave it at the processor");
        return status?["runner"] is { } runner && (bool?)runner["health"]?["ok"] == true && (int?)runner["gpuLayers"] is null or 0
            ? new Finding("gpu", false, $"an NVIDIA GPU and all it needs is here, and the running node has no layer of its models on it. {(string?)runner["health"]!["detail"]}".TrimEnd(),
                "start it again if the GPU was added since; a systemd unit must be lent the device (PrivateDevices in systemd/fedai.service); or set runner.gpuLayers=0")
            : new Finding("gpu", true, "an NVIDIA GPU and all it needs is here");
    }

    private static IEnumerable<Finding> Services(JsonNode status)
    {
        var failed = Items(status["services"]).Where(service => (string?)service["state"] == "failed").Select(service => (string?)service["name"]).ToList();
        yield return failed.Count == 0
            ? new Finding("daemon", true, $"{(string?)status["role"]} {(string?)status["version"]} runs, network {(string?)status["network"]}")
            : new Finding("daemon", false, $"failed inside: {string.Join(", ", failed)}", "look into its log and report it; it restarts under systemd");
    }

    private static IEnumerable<Finding> Runner(JsonNode status)
    {
        var runner = status["runner"]!;
        var models = Items(status["models"]).Select(model => (string?)model).ToList();
        yield return (bool)runner["health"]!["ok"]! && models.Count > 0
            ? new Finding("model", true, $"{string.Join(", ", models)} by {(string?)runner["name"]}{((int?)runner["gpuLayers"] is > 0 and var layers ? $", {layers} layers on the GPU" : "")}, {(int)runner["restarts"]!} restarts")
            : new Finding("model", false, (string?)runner["health"]!["detail"] ?? "no model is served", "name a GGUF file in runner.modelPath, or wait while it loads");

        var open = string.Join(", ", Items(runner["notDenied"]).Select(item => (string?)item));
        var cage = (string?)runner["isolation"];
        // Who runs no model's file needs none.
        if ((string?)runner["name"] is "openai" or "roles" or "none") yield break;
        yield return cage is "none" or "rlimits" or "unshare"
            ? new Finding("cage", false, $"{cage}: a model's file that takes over its library can read this daemon's key", "install bubblewrap, or use a kernel with Landlock")
            : new Finding("cage", true, $"{cage}{(open.Length > 0 ? $"; not denied: {open}" : "")}");
    }

    private static IEnumerable<Finding> Registrations(JsonNode status)
    {
        var routers = status["routers"]?.AsObject();
        if (routers is null || routers.Count == 0)
            yield return new Finding("routers", false, "this node serves nobody", "name a router in node.routers, as npub1… or npub1…@https://host, or let it find trusted ones (node.join.most)");
        foreach (var (npub, state) in routers ?? [])
        {
            var said = (string?)state;
            yield return said == "registered"
                ? new Finding("router", true, $"{npub}: registered")
                : new Finding("router", false, $"{npub}: {said}", RefusalAdvice.For(said));
        }
    }

    private static IEnumerable<Finding> Nodes(JsonNode status)
    {
        var (active, total) = ((int)status["nodes"]!["active"]!, (int)status["nodes"]!["total"]!);
        yield return active > 0
            ? new Finding("nodes", true, $"{active} of {total} are alive, {(int)status["nodes"]!["connected"]!} of them over connections of their own")
            : new Finding("nodes", false, $"none of {total} known nodes is alive", $"start a node with node.routers={(string?)status["npub"]}@… and this router's address");
    }

    private static IEnumerable<Finding> Address(JsonNode status)
    {
        if (Items(status["listen"]).All(address => new Uri((string)address!).IsLoopback))
            yield return new Finding("address", true, "listens on this machine only, so others reach it through a proxy or not at all",
                "set http.listen, http.publicEndpoint and http.tls.mode=pinned to serve others without a proxy");
    }

    /// <summary>A router without any relay but its own is judged by its other findings.</summary>
    private static IEnumerable<Finding> Announced(JsonNode status)
    {
        if (status["announced"] is not { } announced || !Items(status["relays"]).Any()) yield break;
        var (relays, quorum, withheld) = ((int)announced["relays"]!, (int)announced["quorum"]!, (int)announced["withheld"]!);
        yield return relays >= quorum
            ? new Finding("announced", true, $"{relays} relays have this router's announcement")
            : withheld > 0 ? new Finding("announced", false, $"{relays} relays have this router's announcement, and {quorum} should; {withheld} do not get it, because its address means nothing where they are",
                "set http.publicEndpoint to the address that others reach it at, or relays.quorum=0 if its own relay is enough")
            : new Finding("announced", false, $"{relays} relays have this router's announcement, and {quorum} should", "check relays.publish and relays.directories, or set relays.quorum=0 if its own relay is enough");
    }

    private static IEnumerable<Finding> Routers(JsonNode status)
    {
        var (known, models) = (Items(status["routers"]).Count(), Items(status["models"]).Count());
        yield return known > 0 && models > 0
            ? new Finding("routers", true, $"{known} known, {models} models")
            : new Finding("routers", false, known == 0 ? "no router is known" : $"{known} known, none announces a model",
                $"check relays.bootstrap, and that routers of network {(string?)status["network"]} announce themselves there (fedai routers)");
    }

    private static IEnumerable<Finding> Directories(JsonNode status)
    {
        var all = Items(status["directories"]).ToList();
        if (all.Count == 0) yield break;
        var failed = all.Where(directory => directory["problem"] is not null).ToList();
        var told = string.Join("; ", failed.Select(directory => $"{(string?)directory["url"]} {(string?)directory["problem"]}"));
        yield return failed.Count == all.Count
            ? new Finding("directories", false, $"no directory of relays answers: {told}", "check relays.directories, or name relays in relays.bootstrap; what was found last is used meanwhile")
            : new Finding("directories", true, $"{all.Count - failed.Count} of {all.Count} name {all.Sum(directory => (int?)directory["relays"] ?? 0)} relays{(failed.Count > 0 ? $"; {told}" : "")}");
    }

    private static IEnumerable<Finding> Relays(JsonNode status)
    {
        var relays = Items(status["relays"]).ToList();
        var lost = relays.Where(relay => (string?)relay["state"] != "connected").ToList();
        if (relays.Count == 0 && (string?)status["role"] == "gateway")
            yield return Items(status["directories"]).Any()
                ? new Finding("relays", false, "no relay is found yet, so no router can be found", "look at what the directories say, or start with --relay wss://… too")
                : new Finding("relays", false, "no relay is named, so no router can be found", "set relays.bootstrap, or start with --relay wss://… or --aggregators https://…");
        else if (relays.Count > 0 && lost.Count == relays.Count)
            yield return new Finding("relays", false, $"none of {relays.Count} is connected; {Told(lost[0])}", "check this machine's way to the internet, or name other relays in relays.bootstrap");
        else if (relays.Count > 0)
            yield return new Finding("relays", true, $"{relays.Count - lost.Count} of {relays.Count} connected{string.Concat(lost.Select(relay => $"; {Told(relay)}"))}");
    }

    private static string Told(JsonNode relay) => $"{(string?)relay["url"]}: {(string?)relay["problem"] ?? (string?)relay["state"]}";

    private static IEnumerable<Finding> Clock(JsonNode status)
    {
        var ahead = Items(status["relays"]).Select(relay => (long?)relay["clockAheadMs"]).OfType<long>().Order().ToList();
        if (ahead.Count == 0) yield break;
        // The middle one: a single relay may be wrong itself.
        var typical = ahead[ahead.Count / 2];
        var text = string.Create(CultureInfo.InvariantCulture, $"{Math.Abs(typical) / 1000.0:0.0} s {(typical < 0 ? "behind" : "ahead of")} the relays' clocks");
        yield return Math.Abs(typical) <= ClockMs ? new Finding("clock", true, text) : new Finding("clock", false, text, "set this machine's clock (timedatectl set-ntp true)");
    }

    private static IEnumerable<Finding> Reach(JsonNode status, JsonNode? doctor)
    {
        foreach (var reach in Items(doctor?["reach"]))
        {
            var (npub, reason, seenAs) = ((string?)reach["router"], (string?)reach["reason"], (string?)reach["seenAs"]);
            var ok = (bool)reach["reachable"]!;
            var next = ok ? null : RefusalAdvice.For(reason);
            yield return (string?)reach["way"] switch
            {
                "reverse" => new Finding("reach", ok, ok ? $"router {npub} asks over the connection this node opened" : $"the connection to router {npub} is not open: {reason}", next),
                "outward" => new Finding("reach", ok, ok ? $"router {npub} answers" : $"router {npub} does not answer: {reason}", next),
                _ => new Finding("reach", ok, ok ? $"router {npub} reached this daemon at its own address"
                    : $"router {npub} did not reach this daemon at its own address{(seenAs is null ? "" : $" (it sees {seenAs})")}: {reason}", next),
            };
        }

        if ((string?)status["role"] == "router" && !Items(doctor?["reach"]).Any())
            yield return new Finding("reach", true, "no other router is known that could try this router's address");
    }

    private static IEnumerable<JsonNode> Items(JsonNode? array) => (array as JsonArray ?? []).OfType<JsonNode>();
}
