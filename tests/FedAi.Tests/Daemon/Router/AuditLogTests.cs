using System.Text.Json;
using System.Text.Json.Nodes;
using FedAi.Daemon.Router;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;
using FedAi.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedAi.Tests.Daemon.Router;

public sealed class AuditLogTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly ManualTime time = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Refused_ManyOfOneKind_AreNumbersAndLeaveTheOthersTheirLines()
    {
        using var key = KeyPair.Generate();
        var lines = await WriteAsync(log =>
        {
            for (var i = 0; i < 100_000; i++) log.AddRefused(new AuditEntry("request", "invalid-envelope"), isProven: false);
            for (var i = 0; i < AuditTally.MostNamed + 5; i++) log.AddRefused(new AuditEntry("request", "rate-limited") { Key = key.PublicKey }, isProven: true);
            log.AddRefused(new AuditEntry("node-registers", "node-id-taken") { Node = key.PublicKey }, isProven: true);
        });

        var named = lines.Where(line => line["count"] is null).ToList();
        named.Count(line => (string)line["outcome"]! == "rate-limited" && (string?)line["key"] == key.PublicKey.Npub).ShouldBe(AuditTally.MostNamed);
        named.ShouldContain(line => (string?)line["node"] == key.PublicKey.Npub);
        lines.Where(line => line["count"] is not null).Select(line => ((string)line["outcome"]!, (long)line["count"]!)).ShouldBe([("invalid-envelope", 100_000), ("rate-limited", 5)], ignoreOrder: true);
        ((string)lines[0]["event"]!, (string)lines[^1]["event"]!).ShouldBe(("start", "stop"));
    }

    [Fact]
    public async Task Refused_AfterAMinute_AreCountedAnewAndNamedAgain()
    {
        using var key = KeyPair.Generate();
        var lines = await WriteAsync(log =>
        {
            for (var minute = 0; minute < 3; minute++)
            {
                for (var i = 0; i <= AuditTally.MostNamed; i++) log.AddRefused(new AuditEntry("request", "rate-limited") { Key = key.PublicKey }, isProven: true);
                time.Move(TimeSpan.FromMinutes(1));
            }
        });

        lines.Where(line => line["count"] is not null).Select(line => (long)line["count"]!).ShouldBe([1, 1, 1]);
        lines.Count(line => line["key"] is not null).ShouldBe(3 * AuditTally.MostNamed);
    }

    private async Task<List<JsonNode>> WriteAsync(Action<AuditLog> add)
    {
        var standing = RouterStanding.Of(new RouterManifest
        {
            Id = "npub1",
            RouterMode = "normal",
            CapabilityBands = new CapabilityBands { Cpu = "cpu_low", Ram = "ram_8", Disk = "disk_unknown", Net = "net_unknown", Gpu = "gpu_none" },
            Limits = new RouterLimits { MaxQps = 70, MaxConcurrentJobs = 7, MaxPayloadBytes = 7000 },
            PoliciesEnabled = RouterPolicies.All,
            AuditMode = "basic",
            Benchmarks = JsonElement.Parse("null"),
            SoftwareVersion = "0",
        });
        using (var log = new AuditLog(new AuditFile(folder.Path), standing, time, NullLogger<AuditLog>.Instance))
        {
            var started = time.TimerOf(TimeSpan.FromMinutes(1));
            await log.StartAsync(CancellationToken.None);
            await started;
            add(log);
            await log.StopAsync(CancellationToken.None);
        }

        return [.. (await File.ReadAllLinesAsync(folder.File(AuditFile.Name))).Select(line => JsonNode.Parse(line)!)];
    }
}
