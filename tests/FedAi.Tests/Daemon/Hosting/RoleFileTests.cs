using FedAi.Daemon.Capability;
using FedAi.Daemon.Hosting;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.Hosting;

public sealed class RoleFileTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly KeyPair key = KeyPair.Generate();

    public void Dispose()
    {
        folder.Dispose();
        key.Dispose();
    }

    [Theory]
    [InlineData(Role.Node, "node.manifest.json")]
    [InlineData(Role.Router, "router.manifest.json")]
    internal void Read_SignedManifest_GivesItsRole(Role role, string name)
    {
        File.WriteAllBytes(folder.File(name), Manifest(role, key));

        var (read, router, problem) = RoleFile.Read(folder.Path, key);

        (read, problem).ShouldBe((role, null));
        (router is not null).ShouldBe(role == Role.Router);
    }

    [Fact]
    public void Read_NoManifest_SaysHowToWriteOne() => Problem().ShouldContain("fedai manifest --write --role node|router");

    [Fact]
    public void Read_TwoManifests_AreRefused()
    {
        Write(Role.Node, key);
        Write(Role.Router, key);

        Problem().ShouldContain("two manifests");
    }

    [Fact]
    public void Read_ChangedManifest_IsRefused()
    {
        Write(Role.Node, key);
        var path = RoleFile.PathFor(folder.Path, Role.Node);
        File.WriteAllText(path, File.ReadAllText(path).Replace("cpu_low", "cpu_high", StringComparison.Ordinal));

        Problem().ShouldContain("changed after it was signed");
    }

    [Fact]
    public void Read_ManifestOfAnotherKey_IsRefused()
    {
        using var other = KeyPair.Generate();
        Write(Role.Node, other);

        Problem().ShouldContain("another key");
    }

    [Fact]
    public void Read_RouterManifestNamedAsANodes_IsRefused()
    {
        File.WriteAllBytes(RoleFile.PathFor(folder.Path, Role.Node), Manifest(Role.Router, key));

        Problem().ShouldContain("role_types");
    }

    [Fact]
    public void Read_ManifestThatIsNoJson_IsRefused()
    {
        File.WriteAllText(RoleFile.PathFor(folder.Path, Role.Node), "{");

        Problem().ShouldContain("not JSON");
    }

    private static byte[] Manifest(Role role, KeyPair key) => role == Role.Node
        ? ManifestWriter.Node(key, ["llm_cpu_small"], new NodeLimits { MaxConcurrency = 1, MaxPayloadBytes = 1, MaxTokens = 1 }, new PricingDefaults { Unit = "token", InputRate = 0, Currency = "SAT" }, new ManifestFacts { Version = "0.1.0", NowMs = 1000 })
        : ManifestWriter.Router(key, new RouterTerms(new RouterLimits { MaxQps = 1, MaxConcurrentJobs = 1, MaxPayloadBytes = 1 }, [], "off"), new ManifestFacts { Version = "0.1.0", NowMs = 1000 });

    private void Write(Role role, KeyPair signer) => File.WriteAllBytes(RoleFile.PathFor(folder.Path, role), Manifest(role, signer));

    private string Problem()
    {
        var (role, _, problem) = RoleFile.Read(folder.Path, key);
        role.ShouldBeNull();
        return problem.ShouldNotBeNull();
    }
}
