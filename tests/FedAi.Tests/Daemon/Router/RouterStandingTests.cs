using System.Net;
using System.Text.Json;
using FedAi.Daemon.Peering;
using FedAi.Daemon.Router;
using FedAi.Daemon.Trust;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;

namespace FedAi.Tests.Daemon.Router;

public sealed class RouterStandingTests
{
    private const string Whole = """{"suite":"router","short":false,"partial":false}""";

    [Theory]
    [InlineData("normal", Whole, false, true)]
    [InlineData("probation", Whole, true, true)]
    [InlineData("normal", "null", true, false)]
    [InlineData("normal", """{"suite":"router","short":true,"partial":false}""", true, false)]
    [InlineData("normal", """{"suite":"router","short":false,"partial":true}""", true, false)]
    public void Of_AManifest_IsOnProbationUnlessPromotedAndMeasured(string mode, string benchmarks, bool probation, bool eligible)
    {
        var standing = RouterStanding.Of(Manifest(mode, benchmarks));

        (standing.IsOnProbation, standing.IsEligible).ShouldBe((probation, eligible));
    }

    [Fact]
    public void Rates_OnProbation_AreLowerThanNormal()
    {
        var address = IPAddress.Parse("203.0.113.1");
        using var key = KeyPair.Generate();
        (int Address, int Key) Admitted(RouterStanding standing)
        {
            using var limits = new GateLimits(standing.Rates(new ProbationOptions()));
            return (Enumerable.Range(0, 300).Count(_ => limits.Admits(address)), Enumerable.Range(0, 300).Count(_ => limits.Admits(key.PublicKey)));
        }

        var probation = Admitted(RouterStanding.Of(Manifest("probation", Whole)));
        var normal = Admitted(RouterStanding.Of(Manifest("normal", Whole)));

        // What comes back while the test runs is let through too.
        normal.Address.ShouldBeInRange(200, 299);
        normal.Key.ShouldBeInRange(80, 179);
        probation.Address.ShouldBeInRange(100, 199);
        probation.Key.ShouldBeInRange(40, 79);
        Admitted(RouterStanding.Of(Manifest("probation", Whole) with { PoliciesEnabled = [RouterPolicies.Allowlist] })).ShouldBe((300, 300));
    }

    [Fact]
    public void Bind_AllowlistSwitchedOff_LeavesTheOtherListsInForce()
    {
        var filter = new FilterOptions { Allow = ["a"], Block = ["b"], Mute = ["c"] };

        RouterStanding.Of(Manifest("normal", Whole)).Bind(filter).ShouldBe(filter);
        var bound = RouterStanding.Of(Manifest("normal", Whole) with { PoliciesEnabled = [RouterPolicies.RateLimit] }).Bind(filter);

        bound.Allow.ShouldBeEmpty();
        (bound.Block, bound.Mute).ShouldBe((filter.Block, filter.Mute));
    }

    [Fact]
    public void Opens_ManifestFromBeforeTheAllowlistWasAPolicy_KeepsTheRouterFromStarting()
    {
        var (filter, asked) = (new FilterOptions { Allow = ["a"] }, new RouterOptions());
        var old = RouterStanding.Of(Manifest("normal", Whole) with { PoliciesEnabled = [RouterPolicies.RateLimit] });

        old.Opens(filter, asked).ShouldNotBeNull().ShouldContain("fedai manifest --write");
        old.Opens(new FilterOptions(), asked).ShouldBeNull("nobody is kept out");
        old.Opens(filter, new RouterOptions { Policies = [RouterPolicies.RateLimit] }).ShouldBeNull("the operator switched it off");
        RouterStanding.Of(Manifest("normal", Whole)).Opens(filter, asked).ShouldBeNull();
    }

    [Fact]
    public void Differences_ConfigurationChangedSinceTheManifestWasWritten_AreNamedWithBothValues()
    {
        var standing = RouterStanding.Of(Manifest("normal", Whole));
        var same = new RouterOptions { MaxRequestsPerSecond = 70, MaxConcurrentJobs = 7 };
        standing.Differences(same, new AuditOptions(), new HttpOptions { MaxRequestBytes = 7000 }).ShouldBeEmpty();
        standing.Differences(same with { MaxRequestsPerSecond = 0 }, new AuditOptions(), new HttpOptions { MaxRequestBytes = 7000 }).ShouldBeEmpty("0 leaves it to the benchmark");

        var differences = standing.Differences(new RouterOptions { MaxRequestsPerSecond = 5, Policies = [] }, new AuditOptions { Mode = AuditMode.Off }, new HttpOptions()).ToList();

        differences.Count.ShouldBe(5);
        differences[0].ShouldBe("router.maxRequestsPerSecond 5, manifest 70");
    }

    private static RouterManifest Manifest(string mode, string benchmarks) => new()
    {
        Id = "npub1",
        RouterMode = mode,
        CapabilityBands = new CapabilityBands { Cpu = "cpu_low", Ram = "ram_8", Disk = "disk_unknown", Net = "net_unknown", Gpu = "gpu_none" },
        Limits = new RouterLimits { MaxQps = 70, MaxConcurrentJobs = 7, MaxPayloadBytes = 7000 },
        PoliciesEnabled = RouterPolicies.All,
        AuditMode = "basic",
        Benchmarks = JsonElement.Parse(benchmarks),
        SoftwareVersion = "0",
    };
}
