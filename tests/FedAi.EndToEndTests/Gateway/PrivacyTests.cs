using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FedAi.Daemon.Gateway;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Node;
using FedAi.Daemon.Peering;
using FedAi.Daemon.Trust;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Nostr;
using FedAi.Protocol.Rules;
using FedAi.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace FedAi.EndToEndTests.Gateway;

/// <summary>Privacy levels on the way from gateway to node (DECISIONS E10, E11), before a router that reads and alters what it can.</summary>
public sealed class PrivacyTests
{
    private const string Marker = "zanzibar-7261";
    private const string Said = "the-answer-is-4711";

    private static readonly HttpClient Http = new();

    [Fact]
    public async Task Chat_AtPL2_OnlyTheNodeReadsItAndTheProofHolds()
    {
        var runner = Runner();
        await using var federation = await TestFederation.StartAsync(runner);
        await using var router = await MeddlingRouter.StartAsync(federation.Router.Base);
        await using var gateway = await GatewayAsync(router, allow: federation.Nodes[0].Key);

        var (text, last) = await ReadAsync(await PostAsync(gateway, PrivacyLevel.PL2));
        var proof = await Http.GetByteArrayAsync(new Uri(gateway.Base, $"v1/fedai/requests/{(string)last["fedai"]!["requestId"]!}"));
        var report = ProofRules.Check(proof);

        text.ShouldBe($"{Said} is all.");
        ((string)last["choices"]![0]!["finish_reason"]!).ShouldBe("length");
        ((int)last["usage"]!["completion_tokens"]!).ShouldBe(2);
        runner.Requests.ShouldHaveSingleItem().Messages!.Single().Content.ShouldContain(Marker);
        report.Problems.ShouldBeEmpty();
        report.Node.ShouldBe(federation.Nodes[0].Key.PublicKey);
        LeakSearch.Find(router.Seen, Marker).ShouldBeNull();
        LeakSearch.Find(router.Seen, Said).ShouldBeNull();
        LeakSearch.Find(router.Seen, "\"length\"").ShouldBeNull("why an answer ended is sealed as well");
        LeakSearch.Find(proof, Said).ShouldBeNull();

        // The same search, where it may be read.
        await ReadAsync(await PostAsync(gateway, PrivacyLevel.PL1));
        LeakSearch.Find(router.Seen, Marker).ShouldBe("UTF-8");
        LeakSearch.Find(router.Seen, Said).ShouldBe("UTF-8");
    }

    [Fact]
    public async Task Chat_AtPL2ThroughRelayAndRouterAsTheyAre_IsAnswered()
    {
        await using var federation = await TestFederation.StartAsync(Runner());
        await using var gateway = await TestDaemon.StartAsync(Role.Gateway, new FedAiOptions
        {
            Relays = new RelayOptions { Bootstrap = [$"ws://127.0.0.1:{federation.Router.Base.Port}/relay"] },
            Gateway = new GatewayOptions { Nodes = new GatewayNodesOptions { Allow = [federation.Nodes[0].Key.PublicKey.Npub] } },
        });

        using var response = await PostAsync(gateway, PrivacyLevel.PL2, stream: false);
        var body = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;

        response.StatusCode.ShouldBe(HttpStatusCode.OK, body.ToJsonString());
        ((string)body["choices"]![0]!["message"]!["content"]!).ShouldBe($"{Said} is all.");
    }

    [Fact]
    public async Task Chat_SeveralAtPL2_CostOneQuote()
    {
        await using var federation = await TestFederation.StartAsync(Runner());
        await using var router = await MeddlingRouter.StartAsync(federation.Router.Base);
        var quotes = 0;
        router.Quote = quote => { Interlocked.Increment(ref quotes); return quote; };
        await using var gateway = await GatewayAsync(router, allow: federation.Nodes[0].Key);

        for (var i = 0; i < 5; i++) await ReadAsync(await PostAsync(gateway, PrivacyLevel.PL2));

        quotes.ShouldBe(1);
    }

    /// <summary>Editors always ask for thousands of tokens, and the widest node here is not the one that may read.</summary>
    [Fact]
    public async Task Chat_AtPL2LongerThanTheTrustedNodeAnswers_IsCutToThat()
    {
        var runner = Runner();
        await using var federation = await TestFederation.StartAsync(Runner());
        var trusted = await federation.AddNodeAsync(runner, new NodeOptions { MaxTokens = 20 });
        await using var router = await MeddlingRouter.StartAsync(federation.Router.Base);
        var quotes = 0;
        router.Quote = quote => { Interlocked.Increment(ref quotes); return quote; };
        await using var gateway = await GatewayAsync(router, allow: trusted.Key);

        foreach (var tokens in (int[])[4096, 4096, 5]) await ReadAsync(await PostAsync(gateway, PrivacyLevel.PL2, more: new JsonObject { ["max_tokens"] = tokens }));

        runner.Requests.Select(request => request.MaxTokens).ShouldBe([20, 20, 5]);
        quotes.ShouldBe(1);
    }

    [Fact]
    public async Task Chat_RouterOffersANodeOfItsOwn_IsNotSentThere()
    {
        var runner = Runner();
        await using var federation = await TestFederation.StartAsync(runner);
        await using var router = await MeddlingRouter.StartAsync(federation.Router.Base);
        router.QuoteAsked = quote => quote with { Constraints = null };
        await using var gateway = await GatewayAsync(router, allow: KeyPair.Generate());

        await ShouldFailAsync(await PostAsync(gateway, PrivacyLevel.PL2), HttpStatusCode.ServiceUnavailable, "no_trusted_node");

        (router.Asked, runner.Requests.Count).ShouldBe((0, 0));
    }

    [Fact]
    public async Task Chat_NobodyIsTrusted_NotEvenAQuoteIsAsked()
    {
        await using var federation = await TestFederation.StartAsync(Runner());
        await using var router = await MeddlingRouter.StartAsync(federation.Router.Base);
        await using var gateway = await GatewayAsync(router);

        await ShouldFailAsync(await PostAsync(gateway, PrivacyLevel.PL2), HttpStatusCode.ServiceUnavailable, "no_trusted_node");
        await ShouldFailAsync(await PostAsync(gateway, PrivacyLevel.PL3), HttpStatusCode.ServiceUnavailable, "no_trusted_node");

        router.Seen.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("signed by the router")]
    [InlineData("of another node")]
    public async Task Chat_RouterSwapsTheSealKey_NothingIsSealedToIt(string how)
    {
        var runner = Runner();
        await using var federation = await TestFederation.StartAsync(runner, Runner());
        await using var router = await MeddlingRouter.StartAsync(federation.Router.Base);
        var trusted = federation.Nodes[0].Key;
        using var secret = X25519Key.Generate();
        router.Quote = quote => quote with { Node = quote.Node! with { SealKey = how == "of another node" ? Offered(federation, federation.Nodes[1]) : Signed(secret, KeyPair.Generate()) } };
        await using var gateway = await GatewayAsync(router, allow: trusted);

        await ShouldFailAsync(await PostAsync(gateway, PrivacyLevel.PL2), HttpStatusCode.BadGateway, "router_error");

        (router.Asked, runner.Requests.Count).ShouldBe((0, 0));
    }

    public static TheoryData<string, Func<InferenceRequest, InferenceRequest>> Alterations => new()
    {
        { "a longer answer", request => request with { MaxTokens = request.MaxTokens + 1 } },
        { "another id", request => request with { RequestId = "another" } },
        { "another kid's ciphertext", request => request with { Sealed = request.Sealed! with { Ct = Convert.ToBase64String(new byte[272]) } } },
    };

    [Theory, MemberData(nameof(Alterations))]
    public async Task Chat_RouterAltersTheRequest_TheNodeDoesNotRunIt(string what, Func<InferenceRequest, InferenceRequest> alter)
    {
        var runner = Runner();
        await using var federation = await TestFederation.StartAsync(runner);
        await using var router = await MeddlingRouter.StartAsync(federation.Router.Base);
        router.Request = alter;
        await using var gateway = await GatewayAsync(router, allow: federation.Nodes[0].Key);

        using var response = await PostAsync(gateway, PrivacyLevel.PL2);

        response.StatusCode.ShouldBe(HttpStatusCode.BadGateway, what);
        runner.Requests.ShouldBeEmpty(what);
    }

    public static TheoryData<string, Func<IReadOnlyList<string>, IReadOnlyList<string>>> Meddlings => new()
    {
        { "reordered", pieces => [pieces[1], pieces[0], .. pieces.Skip(2)] },
        { "repeated", pieces => [pieces[0], .. pieces] },
        { "one left out", pieces => [pieces[0], .. pieces.Skip(2)] },
        { "the end left out", pieces => [.. pieces.SkipLast(1)] },
        { "in clear", pieces => [.. pieces.SkipLast(1), "An advert."] },
    };

    [Theory, MemberData(nameof(Meddlings))]
    public async Task Chat_RouterAltersTheAnswer_IsAnErrorAndNoProof(string what, Func<IReadOnlyList<string>, IReadOnlyList<string>> meddle)
    {
        await using var federation = await TestFederation.StartAsync(Runner());
        await using var router = await MeddlingRouter.StartAsync(federation.Router.Base);
        router.Pieces = meddle;
        await using var gateway = await GatewayAsync(router, allow: federation.Nodes[0].Key);

        using var response = await PostAsync(gateway, PrivacyLevel.PL2);
        var body = await response.Content.ReadAsStringAsync();

        body.ShouldContain("stream_mismatch", customMessage: what);
        body.ShouldNotContain("[DONE]");
        body.ShouldNotContain("advert");
        using var proof = await Http.GetAsync(new Uri(gateway.Base, $"v1/fedai/requests/{response.Headers.GetValues("x-request-id").Single()}"));
        proof.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Chat_AtPL1_WhatNamesTheUserStaysBehind()
    {
        const string name = "alice-31337";
        await using var federation = await TestFederation.StartAsync(Runner());
        await using var router = await MeddlingRouter.StartAsync(federation.Router.Base);
        await using var gateway = await GatewayAsync(router);

        await ReadAsync(await PostAsync(gateway, PrivacyLevel.PL1, more: new JsonObject { ["user"] = name, ["safety_identifier"] = name, ["metadata"] = new JsonObject { ["name"] = name } }));

        LeakSearch.Find(router.Seen, name).ShouldBeNull();
        LeakSearch.Find(router.Seen, Marker).ShouldBe("UTF-8");
    }

    [Fact]
    public async Task Chat_NodeRestarted_TheRequestIsSealedAnew()
    {
        await using var federation = await TestFederation.StartAsync(Runner());
        await using var router = await MeddlingRouter.StartAsync(federation.Router.Base);
        var node = federation.Nodes[0];
        await using var gateway = await GatewayAsync(router, allow: node.Key);
        await ReadAsync(await PostAsync(gateway, PrivacyLevel.PL2));
        var key = Offered(federation, node).GetRawText();

        await node.StopAsync();
        await federation.AddNodeAsync(Runner(), key: node.Key);
        await Patience.UntilAsync(() => Offered(federation, node).GetRawText() != key);

        (await ReadAsync(await PostAsync(gateway, PrivacyLevel.PL2))).Text.ShouldBe($"{Said} is all.");
        router.Asked.ShouldBe(3, "the request that met the new key, and came again");
    }

    [Fact]
    public async Task Chat_TrustedNodeFails_AnotherTrustedOneAnswers()
    {
        var (failing, working) = (new ScriptedRunner { FailAt = -1 }, Runner());
        await using var federation = await TestFederation.StartAsync(failing);
        // Dearer, so that the router proposes the other one first.
        await federation.AddNodeAsync(working, new NodeOptions { Pricing = new PricingOptions { InputMsat = 1_000_000, OutputMsat = 1_000_000 } });
        await using var router = await MeddlingRouter.StartAsync(federation.Router.Base);
        await using var gateway = await TestDaemon.StartAsync(Role.Gateway, Trusting(allow: [.. federation.Nodes.Select(node => node.Key)]));
        gateway.Services.GetRequiredService<RouterDirectory>().Observe(router.Announced);

        (await ReadAsync(await PostAsync(gateway, PrivacyLevel.PL2))).Text.ShouldBe($"{Said} is all.");

        (failing.Requests.Count, working.Requests.Count, router.Asked).ShouldBe((1, 1, 2), "each got a request sealed to it, from the gateway");
    }

    [Fact]
    public async Task Chat_TrustedNodeBehindTheLastOfFourRouters_IsFoundAndTheOthersAreAskedOnce()
    {
        await using var others = await TestFederation.StartAsync(Runner());
        await using var federation = await TestFederation.StartAsync(Runner());
        await using var gateway = await TestDaemon.StartAsync(Role.Gateway, Trusting(allow: [federation.Nodes[0].Key]));
        var known = gateway.Services.GetRequiredService<RouterDirectory>();
        await using MeddlingRouter first = await MeddlingRouter.StartAsync(others.Router.Base), second = await MeddlingRouter.StartAsync(others.Router.Base),
            third = await MeddlingRouter.StartAsync(others.Router.Base), last = await MeddlingRouter.StartAsync(federation.Router.Base);
        var quotes = 0;
        foreach (var router in (MeddlingRouter[])[first, second, third])
        {
            router.QuoteAsked = quote => { Interlocked.Increment(ref quotes); return quote; };
            known.Observe(router.Announced);
        }

        var full = new LoadSummary { QueueDepth = 0, P95LatencyMs = 0, CpuPct = 0, RamPct = 0, ActiveJobs = 0, BackpressureState = BackpressureState.Saturated };
        known.Observe(last.Announced with { Profile = last.Announced.Profile with { LoadSummary = full } });

        for (var i = 0; i < 2; i++) (await ReadAsync(await PostAsync(gateway, PrivacyLevel.PL2))).Text.ShouldBe($"{Said} is all.");

        quotes.ShouldBe(3);
        (first.Asked + second.Asked + third.Asked, last.Asked).ShouldBe((0, 2));
    }

    [Fact]
    public async Task Chat_AtPL3_GoesToOwnNodesOnly()
    {
        var (own, allowed) = (Runner(), Runner());
        await using var federation = await TestFederation.StartAsync(own, allowed);
        await using var router = await MeddlingRouter.StartAsync(federation.Router.Base);
        await using var gateway = await TestDaemon.StartAsync(Role.Gateway, Trusting(allow: [federation.Nodes[1].Key], own: [federation.Nodes[0].Key]));
        gateway.Services.GetRequiredService<RouterDirectory>().Observe(router.Announced);

        for (var i = 0; i < 4; i++) await ReadAsync(await PostAsync(gateway, PrivacyLevel.PL3));

        (own.Requests.Count, allowed.Requests.Count).ShouldBe((4, 0));
    }

    [Fact]
    public async Task Chat_NodeThatTheWebOfTrustVouchesFor_MayReadIt()
    {
        var runners = Enumerable.Range(0, 3).Select(_ => Runner()).ToArray();
        await using var federation = await TestFederation.StartAsync(runners);
        await using var router = await MeddlingRouter.StartAsync(federation.Router.Base);
        await using var gateway = await GatewayAsync(router);
        // The user follows the router and one node, and that one another, which is not enough; whichever the router proposes first, one of three may read it.
        Follow(gateway, gateway.Key, router.Announced.Key, federation.Nodes[1].Key.PublicKey);
        Follow(gateway, federation.Nodes[1].Key, federation.Nodes[2].Key.PublicKey);

        for (var i = 0; i < 3; i++) (await ReadAsync(await PostAsync(gateway, PrivacyLevel.PL2))).Text.ShouldBe($"{Said} is all.");
        await ShouldFailAsync(await PostAsync(gateway, PrivacyLevel.PL3), HttpStatusCode.ServiceUnavailable, "no_trusted_node");

        runners.Select(runner => runner.Requests.Count).ShouldBe([0, 3, 0]);
    }

    [Fact]
    public async Task Chat_OnARouter_SaysThatItCouldReadIt()
    {
        var runner = Runner();
        await using var federation = await TestFederation.StartAsync(runner);

        using var response = await PostAsync(federation.Router, PrivacyLevel.PL2);
        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"]!;

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        ((string)error["param"]!).ShouldBe("x-fedai-privacy");
        ((string)error["message"]!).ShouldContain("this router can read");
        ((string)error["message"]!).ShouldContain("fedai gateway");
        runner.Requests.ShouldBeEmpty();
    }

    private static ScriptedRunner Runner() => new() { Answer = _ => [Said, " is all."], FinishReason = "length" };

    private static FedAiOptions Trusting(IReadOnlyList<KeyPair> allow, IReadOnlyList<KeyPair>? own = null) => new()
    {
        Gateway = new GatewayOptions
        {
            Nodes = new GatewayNodesOptions { Allow = [.. allow.Select(key => key.PublicKey.Npub)] },
            OwnNodes = [.. (own ?? []).Select(key => key.PublicKey.Npub)],
        },
    };

    private static async Task<TestDaemon> GatewayAsync(MeddlingRouter router, KeyPair? allow = null)
    {
        var gateway = await TestDaemon.StartAsync(Role.Gateway, Trusting(allow is null ? [] : [allow]));
        gateway.Services.GetRequiredService<RouterDirectory>().Observe(router.Announced).ShouldBeTrue();
        return gateway;
    }

    private static void Follow(TestDaemon gateway, KeyPair author, params PublicKey[] followed)
    {
        var web = gateway.Services.GetRequiredService<WebOfTrust>();
        web.Take(NostrEvent.Sign(author, NostrKinds.FollowList, WireClient.Now / 1000, [.. followed.Select(key => (string[])["p", key.Hex])], "")).ShouldBeTrue();
        web.Recompute();
        web.Publish();
    }

    private static JsonElement Offered(TestFederation federation, TestDaemon node) => federation.Directory.Find(node.Key.PublicKey)!.Descriptor.SealKey!.Value;

    private static JsonElement Signed(X25519Key secret, KeyPair signer) => JsonDocument.Parse(EnvelopeSealer.Seal(new SealKey
    {
        Kid = "k",
        Suite = SealKeys.Suite,
        PublicKey = Convert.ToBase64String(secret.PublicKey),
        NotBeforeMs = WireClient.Now,
        ExpiresAtMs = WireClient.Now + 3_600_000,
    }, ProtocolJson.Default.SealKey, signer, WireClient.Now)).RootElement;

    private static async Task<HttpResponseMessage> PostAsync(TestDaemon daemon, PrivacyLevel level, bool stream = true, JsonObject? more = null)
    {
        var body = new JsonObject
        {
            ["model"] = "scripted",
            ["stream"] = stream,
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = $"Do you know {Marker}?" }),
        };
        foreach (var (name, value) in more ?? []) body[name] = value?.DeepClone();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(daemon.Base, "v1/chat/completions")) { Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };
        request.Headers.Add("x-fedai-privacy", level.ToString());
        return await Http.SendAsync(request);
    }

    private static async Task ShouldFailAsync(HttpResponseMessage response, HttpStatusCode status, string code)
    {
        using (response)
        {
            var body = await response.Content.ReadAsStringAsync();
            response.StatusCode.ShouldBe(status, body);
            ((string)JsonNode.Parse(body)!["error"]!["code"]!).ShouldBe(code);
        }
    }

    private static async Task<(string Text, JsonNode Last)> ReadAsync(HttpResponseMessage response)
    {
        using (response)
        {
            var body = await response.Content.ReadAsStringAsync();
            response.StatusCode.ShouldBe(HttpStatusCode.OK, body);
            body.ShouldEndWith("data: [DONE]\n\n");
            var chunks = body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)[..^1].Select(frame => JsonNode.Parse(frame["data: ".Length..])!).ToList();
            return (string.Concat(chunks.Select(chunk => (string?)chunk["choices"]![0]!["delta"]!["content"])), chunks[^1]);
        }
    }
}
