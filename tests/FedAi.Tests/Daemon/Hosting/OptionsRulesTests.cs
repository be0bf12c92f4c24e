using FedAi.Daemon.Hosting;

namespace FedAi.Tests.Daemon.Hosting;

public sealed class OptionsRulesTests
{
    private const string Npub = "npub10xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqpkge6d";

    [Theory]
    [InlineData("http.listen", "0.0.0.0:8480", "there is no TLS")]
    [InlineData("http.listen", "[::]:8480", "there is no TLS")]
    [InlineData("http.listen", "192.168.1.2:8480", "there is no TLS")]
    [InlineData("http.listen", "8480", "must be address:port")]
    [InlineData("http.listen", "example.org:8480", "must be address:port")]
    [InlineData("gateway.listen", "0.0.0.0:8484", "gateway.allowNonLoopback")]
    [InlineData("http.publicEndpoint", "node.example", "absolute http or https URL")]
    [InlineData("http.publicEndpoint", "https://node.example/?x=1", "absolute http or https URL")]
    [InlineData("http.publicEndpoint", "http://node.example", "without encryption")]
    [InlineData("http.listen", "0.0.0.0:8480", "http.tls.mode")]
    [InlineData("http.tls.mode", "files", "http.tls.certificate")]
    [InlineData("http.tls.key", "key.pem", "with http.tls.mode files only")]
    [InlineData("http.maxRequestBytes", "10", "1024 to")]
    [InlineData("relays.bootstrap", "https://relay.example", "wss://")]
    [InlineData("relays.directories", "relays.example", "http or https URL")]
    [InlineData("relays.directories", "https://user@relays.example/", "http or https URL")]
    [InlineData("relays.directories", "http://relays.example/", "relays.allowPlain")]
    [InlineData("relays.directories", "http://8.8.8.8/", "relays.allowPlain")]
    [InlineData("relays.monitors", "npub1nonsense", "is not a public key")]
    [InlineData("relays.trustScores", "wss://relay.example", "whole points")]
    [InlineData("relays.trustScores", "wss://relay.example=1.5", "whole points")]
    [InlineData("relays.maxJoined", "-1", "0 to")]
    [InlineData("relays.refreshMinutes", "0", "1 to")]
    [InlineData("filter.allow", "npub1nonsense", "npub1nonsense is not a public key")]
    [InlineData("node.routers", "npub1nonsense@https://router.example", "npub1…@https://host")]
    [InlineData("node.routers", Npub + "@https://router.example#abc", "npub1…@https://host")]
    [InlineData("node.routers", Npub + "@https://router.example?x", "npub1…@https://host")]
    [InlineData("node.routers", Npub + "@http://router.example", "http.allowPlain")]
    [InlineData("node.routers", Npub + "@http://[2a00:1450:4001:82a::200e]:8480", "http.allowPlain")]
    [InlineData("node.maxConcurrency", "0", "1 to")]
    [InlineData("node.maxRoleBytes", "262145", "1024 to 262144")]
    [InlineData("node.gates.rolesByBand", "cpu_lo=prepost_node", "cpu_lo is no band (did you mean cpu_low?)")]
    [InlineData("node.gates.rolesByBand", "cpu_low=preposting", "prepost_node")]
    [InlineData("node.gates.lowConcurrency", "net_por=1", "did you mean net_poor?")]
    [InlineData("node.gates.lowConcurrency", "net_poor=0", "a number from 1")]
    [InlineData("runner.threads", "0", "1 to")]
    [InlineData("runner.kind", "openai", "needs runner.upstreams")]
    [InlineData("runner.upstreams", """[{}]""", "absolute http or https URL")]
    [InlineData("runner.upstreams", """[{"url":"http://user:pass@127.0.0.1/v1"}]""", "without user and query")]
    [InlineData("runner.upstreams", """[{"url":"http://192.168.1.9:8000/v1"}]""", "allowPlain")]
    [InlineData("runner.upstreams", """[{"url":"https://h/v1","features":["magic"]}]""", "magic is none of tools, json, embeddings")]
    [InlineData("runner.upstreams", """[{"url":"https://h/v1"},{"url":"https://i/v1","idleMs":1}]""", "[1].idleMs")]
    [InlineData("models.approved", "abc", "no SHA-256")]
    [InlineData("models.hub", "http://hub.example", "is not encrypted")]
    [InlineData("api.rps", "0", "1 to")]
    [InlineData("gateway.nodes.allow", "npub1nonsense", "is not a public key")]
    [InlineData("gateway.ownNodes", "npub1nonsense", "is not a public key")]
    [InlineData("network", "", "a-z")]
    [InlineData("network", "../etc", "a-z")]
    public void Problems_ValueThatMakesNoSense_NamesTheKeyAndTheWayOut(string key, string value, string reason) =>
        Problems((key, value)).ShouldContain(problem => problem.Contains(key, StringComparison.Ordinal) && problem.Contains(reason, StringComparison.Ordinal));

    [Theory]
    [InlineData("http.listen", "127.0.0.1:0")]
    [InlineData("http.listen", "[::1]:8480")]
    [InlineData("http.listen", "localhost:8480")]
    [InlineData("http.listen", "127.9.9.9:8480")]
    [InlineData("http.publicEndpoint", "https://node.example/fedai")]
    [InlineData("filter.follow", Npub)]
    [InlineData("filter.block", "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798")]
    [InlineData("node.routers", Npub + "@https://router.example")]
    [InlineData("node.routers", Npub + "@https://router.example/base#79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798")]
    [InlineData("node.routers", Npub + "@http://127.0.0.1:8480," + Npub + "@http://192.168.1.2:8480")]
    [InlineData("relays.directories", "http://10.0.0.2/relays.json")]
    [InlineData("relays.bootstrap", "wss://relay.example")]
    [InlineData("relays.directories", "https://relays.example/relays.json,http://127.0.0.1:8080")]
    [InlineData("relays.trustScores", "wss://relay.example=3,other.example=-2")]
    [InlineData("relays.authenticate", "none")]
    [InlineData("runner.upstreams", """[{"url":"http://127.0.0.1:11434/v1"},{"url":"http://192.168.1.9:8000/v1/","allowPlain":true,"models":["m"],"features":["embeddings"]}]""")]
    [InlineData("gateway.ownNodes", Npub)]
    [InlineData("node.gates.lowConcurrency", "net_poor=1,cpu_low=2")]
    [InlineData("node.gates.rolesByBand", "cpu_low=prepost_node+policy_node")]
    public void Problems_GoodValue_None(string key, string value) => Problems((key, value)).ShouldBeEmpty();

    [Fact]
    public void Problems_NonLoopbackWithLeave_None()
    {
        Problems(("http.listen", "0.0.0.0:8480"), ("http.allowPlain", "true"), ("http.publicEndpoint", "https://node.example")).ShouldBeEmpty();
        Problems(("http.listen", "0.0.0.0:8480"), ("http.tls.mode", "pinned"), ("http.publicEndpoint", "https://node.example")).ShouldBeEmpty();
        Problems(("http.tls.mode", "pinned"), ("http.publicEndpoint", "http://node.example")).ShouldHaveSingleItem().ShouldContain("must be https");
        Problems(("node.routers", Npub + "@http://router.example"), ("http.allowPlain", "true")).ShouldBeEmpty();
        Problems(("relays.directories", "http://relays.example/"), ("relays.allowPlain", "true")).ShouldBeEmpty();
        Problems(("gateway.listen", "0.0.0.0:8484"), ("gateway.allowNonLoopback", "true")).ShouldBeEmpty();
    }

    [Fact]
    public void Problems_EverywhereWithoutAPublicAddress_AsksForOne() =>
        Problems(("http.listen", "0.0.0.0:8480"), ("http.allowPlain", "true")).ShouldHaveSingleItem().ShouldContain("http.publicEndpoint");

    [Fact]
    public void Problems_SecretKeyInAList_IsNotRepeated()
    {
        using var key = FedAi.Protocol.Crypto.KeyPair.Generate();

        var problem = Problems(("filter.allow", key.ToNsec())).ShouldHaveSingleItem();

        problem.ShouldContain("secret key");
        problem.ShouldNotContain(key.ToNsec());
    }

    private static IReadOnlyList<string> Problems(params (string Key, string Value)[] values) =>
        OptionsReader.Read(null, "fedai.json", [], values.Select(pair => KeyValuePair.Create(pair.Key, pair.Value))).Problems;
}
