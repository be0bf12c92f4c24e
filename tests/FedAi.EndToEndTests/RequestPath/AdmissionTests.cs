using System.Net;
using System.Text;
using FedAi.Daemon.Hosting;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using FedAi.TestKit;

namespace FedAi.EndToEndTests.RequestPath;

/// <summary>What strangers may throw at the signed endpoints: each gives one clear refusal, none reaches the model (KEY-02, KEY-03, FDM-07).</summary>
public sealed class AdmissionTests
{
    private static readonly KeyPair Client = KeyPair.Generate();

    public static TheoryData<string, string> Bodies => new()
    {
        { "empty", "empty-body" },
        { "text", "invalid-json" },
        { "invalid utf-8", "invalid-json" },
        { "nested too deep", "invalid-json" },
        { "unsigned", "invalid-envelope" },
        { "sixth key", "invalid-envelope" },
        { "payload of another type", "invalid-envelope" },
        { "endless nonce", "invalid-envelope" },
        { "hex key", "invalid-key-id" },
        { "upper-case npub", "invalid-key-id" },
        { "31-byte npub", "invalid-key-id" },
        { "short signature", "invalid-signature" },
        { "tampered payload", "invalid-signature" },
        { "foreign signature", "invalid-signature" },
        { "old", "ts-out-of-window" },
        { "from the future", "ts-out-of-window" },
        { "oversize", "payload-too-large" },
    };

    [Theory, MemberData(nameof(Bodies))]
    public async Task SignedEndpoints_HostileBody_AreRefusedByName(string what, string expected)
    {
        var runner = new ScriptedRunner();
        await using var federation = await TestFederation.StartAsync(runner);
        using var client = new WireClient(federation.Router.Base, Client);

        // The shape is checked before the signature, so a wrong signature shows only where the payload fits.
        string[] paths = expected is "invalid-signature" or "ts-out-of-window" ? ["infer", "infer/stream"] : ["infer", "infer/stream", "quote", "register-node", "metering"];
        foreach (var path in paths)
        {
            var (status, body) = await client.PostAsync(path, Body(what));

            WireClient.ErrorOf(body).ShouldBe(expected, $"{path}: {body}");
            ((int)status).ShouldBe(ErrorCodes.TryParse(expected, out var code) ? code.HttpStatus() : 0, path);
        }

        runner.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Infer_SameEnvelopeTwice_IsRefusedAlsoAfterARestart()
    {
        using var folder = new TempFolder();
        var key = KeyPair.Generate();
        var body = new WireClient(new Uri("http://127.0.0.1"), Client).Seal(WireClient.Ask());
        await using (var router = await TestDaemon.StartAsync(Role.Router, key: key, dataFolder: folder.Path))
        {
            using var client = new WireClient(router.Base, Client);
            WireClient.ErrorOf((await client.PostAsync("infer", body)).Body).ShouldBe("no-nodes");
            WireClient.ErrorOf((await client.PostAsync("infer", body)).Body).ShouldBe("nonce-reused");
        }

        await using (var router = await TestDaemon.StartAsync(Role.Router, key: key, dataFolder: folder.Path))
        {
            using var client = new WireClient(router.Base, Client);
            WireClient.ErrorOf((await client.PostAsync("infer", body)).Body).ShouldBe("nonce-reused");
        }
    }

    // WIRE W-17: nonces were global, so one client could burn another's.
    [Fact]
    public async Task Infer_SameNonceByAnotherKey_IsAdmitted()
    {
        await using var router = await TestDaemon.StartAsync(Role.Router);
        using var client = new WireClient(router.Base, Client);
        foreach (var key in (KeyPair[])[Client, KeyPair.Generate()])
        {
            var body = EnvelopeSealer.Seal(WireClient.Ask(), ProtocolJson.Default.InferenceRequest, key, WireClient.Now, nonce: "one");
            WireClient.ErrorOf((await client.PostAsync("infer", body)).Body).ShouldBe("no-nodes");
        }
    }

    // WIRE W-17 again: a forged copy must not burn the nonce of the real message.
    [Fact]
    public async Task Infer_ForgedCopyFirst_DoesNotHideTheRealRequest()
    {
        await using var router = await TestDaemon.StartAsync(Role.Router);
        using var client = new WireClient(router.Base, Client);
        var real = client.Seal(WireClient.Ask(prompt: "hello"));
        var forged = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(real).Replace("hello", "jello", StringComparison.Ordinal));

        WireClient.ErrorOf((await client.PostAsync("infer", forged)).Body).ShouldBe("invalid-signature");
        WireClient.ErrorOf((await client.PostAsync("infer", real)).Body).ShouldBe("no-nodes");
    }

    [Fact]
    public async Task Infer_LoneSurrogatesInThePrompt_AreServedAsReplacementCharacters()
    {
        var runner = new ScriptedRunner();
        await using var federation = await TestFederation.StartAsync(runner);
        using var client = new WireClient(federation.Router.Base, Client);
        var payload = CanonicalJson.Of("{\"requestId\":\"surrogate\",\"modelId\":\"scripted\",\"prompt\":\"a\\ud83db\",\"maxTokens\":8}"u8)!;

        var (status, body) = await client.PostAsync("infer", EnvelopeSealer.Seal(payload, Client, WireClient.Now, "surrogate"));

        status.ShouldBe(HttpStatusCode.OK, body);
        runner.Requests.ShouldHaveSingleItem().Prompt.ShouldBe("a\ufffdb");
    }

    [Theory]
    [InlineData("other", 8, "hi", "model-not-found")]
    [InlineData("scripted", 0, "hi", "invalid-request")]
    [InlineData("scripted", 8, "", "empty-messages")]
    public async Task Infer_ImpossibleRequest_IsRefusedByName(string model, int maxTokens, string prompt, string expected)
    {
        await using var federation = await TestFederation.StartAsync(new ScriptedRunner());
        using var client = new WireClient(federation.Router.Base, Client);

        var (_, body) = await client.PostAsync("infer", WireClient.Ask(model, prompt, maxTokens), ProtocolJson.Default.InferenceRequest);

        WireClient.ErrorOf(body).ShouldBe(expected, body);
    }

    [Fact]
    public async Task Infer_AtRouterAndNode_SaysTheRequestsId()
    {
        await using var federation = await TestFederation.StartAsync(new ScriptedRunner());
        foreach (var (address, key) in new[] { (federation.Router.Base, Client), (federation.Nodes[0].Base, federation.Router.Key) })
        {
            using var client = new WireClient(address, key);
            var request = WireClient.Ask();

            using var answer = await client.StreamAsync(request);

            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            answer.Headers.GetValues("x-request-id").ShouldBe([request.RequestId]);
        }
    }

    // DECISIONS E2: what a client signs is a ceiling to the router; a node says no to more than it may (NodeLimitsTests).
    [Fact]
    public async Task Infer_MoreTokensThanAnyNodeWrites_IsAskedForAsManyAsItWrites()
    {
        var runner = new ScriptedRunner();
        await using var federation = await TestFederation.StartAsync(runner);
        using var client = new WireClient(federation.Router.Base, Client);

        var (status, body) = await client.PostAsync("infer", WireClient.Ask(prompt: "hi", maxTokens: 5000), ProtocolJson.Default.InferenceRequest);

        status.ShouldBe(HttpStatusCode.OK, body);
        runner.Requests.ShouldHaveSingleItem().MaxTokens.ShouldBe(511);
        (status, body) = await client.PostAsync("infer", WireClient.Ask(prompt: new string('x', 2048)), ProtocolJson.Default.InferenceRequest);
        (status, WireClient.ErrorOf(body)).ShouldBe((HttpStatusCode.BadRequest, "context-window-exceeded"));
    }

    // WIRE W-6: another key took over a node's id, and with it its traffic.
    [Fact]
    public async Task RegisterNode_IdOfAnotherKey_IsRefused()
    {
        await using var router = await TestDaemon.StartAsync(Role.Router);
        await using var node = await ForgingNode.StartAsync(router.Base);
        var thief = KeyPair.Generate();
        using var client = new WireClient(router.Base, thief);

        var (status, body) = await client.PostAsync("register-node", node.Descriptor() with { KeyId = thief.PublicKey.Npub }, ProtocolJson.Default.NodeDescriptor);

        status.ShouldBe(HttpStatusCode.Forbidden);
        WireClient.ErrorOf(body).ShouldBe("node-id-taken");
    }

    [Fact]
    public async Task RegisterNode_KeyOfAnotherInThePayload_IsRefused()
    {
        await using var router = await TestDaemon.StartAsync(Role.Router);
        await using var node = await ForgingNode.StartAsync(router.Base);
        using var client = new WireClient(router.Base, KeyPair.Generate());

        var (_, body) = await client.PostAsync("register-node", node.Descriptor() with { NodeId = "free" }, ProtocolJson.Default.NodeDescriptor);

        WireClient.ErrorOf(body).ShouldBe("key-id-mismatch");
    }

    private static byte[] Body(string what)
    {
        var request = WireClient.Ask();
        var good = Encoding.UTF8.GetString(EnvelopeSealer.Seal(request, ProtocolJson.Default.InferenceRequest, Client, WireClient.Now));
        var npub = Client.PublicKey.Npub;
        return what switch
        {
            "empty" => [],
            "text" => "hello"u8.ToArray(),
            "invalid utf-8" => [.. "{\"payload\":\""u8, 0xff, .. "\"}"u8],
            "nested too deep" => Encoding.ASCII.GetBytes(new string('[', 10_000)),
            "unsigned" => "{\"modelId\":\"scripted\",\"prompt\":\"hello\"}"u8.ToArray(),
            "sixth key" => Text(good.Replace("{\"keyId\"", "{\"extra\":1,\"keyId\"", StringComparison.Ordinal)),
            "payload of another type" => EnvelopeSealer.Seal("{\"nothing\":true}"u8, Client, WireClient.Now, "n"),
            "endless nonce" => EnvelopeSealer.Seal(CanonicalJson.Of(Text(Payload(good)))!, Client, WireClient.Now, new string('n', 200)),
            "hex key" => Text(good.Replace(npub, Client.PublicKey.Hex, StringComparison.Ordinal)),
            "upper-case npub" => Text(good.Replace(npub, npub.ToUpperInvariant(), StringComparison.Ordinal)),
            "31-byte npub" => Text(good.Replace(npub, "npub1xz9qryjccvgyjdz0shuf653fk5cus3vrd7vmppsp7yfmecpkly5kal59", StringComparison.Ordinal)),
            "short signature" => Text(System.Text.RegularExpressions.Regex.Replace(good, "\"sig\":\"[^\"]*\"", "\"sig\":\"AAAA\"")),
            "tampered payload" => Text(good.Replace("hello", "jello", StringComparison.Ordinal)),
            "foreign signature" => Text(good.Replace(npub, KeyPair.Generate().PublicKey.Npub, StringComparison.Ordinal)),
            "old" => EnvelopeSealer.Seal(request, ProtocolJson.Default.InferenceRequest, Client, WireClient.Now - 360_000),
            "from the future" => EnvelopeSealer.Seal(request, ProtocolJson.Default.InferenceRequest, Client, WireClient.Now + 360_000),
            "oversize" => new byte[(4 * 1024 * 1024) + 1],
            _ => throw new ArgumentOutOfRangeException(nameof(what), what, null),
        };
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    private static string Payload(string envelope) => System.Text.Json.JsonDocument.Parse(envelope).RootElement.GetProperty("payload").GetRawText();
}
