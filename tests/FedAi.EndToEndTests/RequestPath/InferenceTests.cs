using System.Net;
using System.Text.Json;
using FedAi.Daemon.Hosting;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using FedAi.Daemon.Store;
using FedAi.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace FedAi.EndToEndTests.RequestPath;

/// <summary>The request path between real daemons over real sockets; only what the model says is scripted.</summary>
public sealed class InferenceTests
{
    [Fact]
    public async Task Infer_ThroughTheRouter_AnswersWithTheNodesTwoSignatures()
    {
        await using var federation = await TestFederation.StartAsync(new ScriptedRunner());
        using var client = new WireClient(federation.Router.Base, KeyPair.Generate());
        var request = WireClient.Ask();

        var (status, body) = await client.PostAsync("infer", request, ProtocolJson.Default.InferenceRequest);

        status.ShouldBe(HttpStatusCode.OK, body);
        var final = JsonSerializer.Deserialize(body, ProtocolJson.Default.InferenceStreamFinal)!;
        SignedResult.TryOpen(final, federation.Nodes[0].Key.PublicKey, out var result, out var refusal).ShouldBeTrue(refusal?.ToString());
        result!.Response.Output.ShouldBe("A scripted answer.");
        result.Response.RequestId.ShouldBe(request.RequestId);
        result.Metering.OutputTokens.ShouldBe(4);
        result.Metering.Status.ShouldBe(MeteringStatus.Complete);
    }

    [Fact]
    public async Task InferStream_ThroughTheRouter_SendsChunksInOrderAndThenTheFinal()
    {
        await using var federation = await TestFederation.StartAsync(new ScriptedRunner());
        using var client = new WireClient(federation.Router.Base, KeyPair.Generate());

        using var answer = await client.StreamAsync(WireClient.Ask());
        var events = (await answer.Content.ReadAsStringAsync()).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);

        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        events[..^1].ShouldAllBe(text => text.StartsWith("event: chunk\ndata: {"));
        events[..^1].Select(text => JsonDocument.Parse(text[(text.IndexOf("data: ", StringComparison.Ordinal) + 6)..]).RootElement)
            .Select(chunk => (chunk.GetProperty("index").GetInt32(), chunk.GetProperty("delta").GetString()))
            .ShouldBe([(0, "A "), (1, "scripted "), (2, "answer"), (3, ".")]);
        events[^1].ShouldStartWith("event: final\ndata: {\"response\":{");
    }

    [Fact]
    public async Task Infer_FinishedRequest_StandsInBothBooks()
    {
        await using var federation = await TestFederation.StartAsync(new ScriptedRunner());
        using var client = new WireClient(federation.Router.Base, KeyPair.Generate());
        var request = WireClient.Ask();

        await client.PostAsync("infer", request, ProtocolJson.Default.InferenceRequest);

        var nodes = federation.Nodes[0].Services.GetRequiredService<MeteringTable>().Get(request.RequestId);
        nodes.ShouldHaveSingleItem().Client.ShouldBe(federation.Router.Key.PublicKey.Npub);
        var router = federation.Router.Services.GetRequiredService<MeteringTable>();
        var row = await Patience.ForAsync(() => router.Get(request.RequestId).SingleOrDefault());
        row.Client.ShouldBe(client.Key.PublicKey.Npub);
        row.Envelope.ShouldBe(nodes[0].Envelope);
    }

    [Fact]
    public async Task Infer_EnvelopeAtTheNode_IsSignedByTheRouter()
    {
        var runner = new ScriptedRunner();
        await using var federation = await TestFederation.StartAsync(runner);
        using var stranger = new WireClient(federation.Nodes[0].Base, KeyPair.Generate());

        var (status, body) = await stranger.PostAsync("infer", WireClient.Ask(), ProtocolJson.Default.InferenceRequest);

        status.ShouldBe(HttpStatusCode.Unauthorized);
        WireClient.ErrorOf(body).ShouldBe("router-not-allowed");
        runner.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task InferStream_ClientLeaves_StopsTheModelAndLeavesAPartialRecordInBothBooks()
    {
        var runner = new ScriptedRunner { StallAt = 2 };
        await using var federation = await TestFederation.StartAsync(runner);
        using var client = new WireClient(federation.Router.Base, KeyPair.Generate());
        var request = WireClient.Ask();

        using (var answer = await client.StreamAsync(request))
        {
            await runner.Stalled.WaitAsync(TimeSpan.FromSeconds(20));
        }

        await runner.Cancelled.WaitAsync(TimeSpan.FromSeconds(20));
        var books = federation.Router.Services.GetRequiredService<MeteringTable>();
        var row = await Patience.ForAsync(() => books.Get(request.RequestId).SingleOrDefault());
        row.Status.ShouldBe("partial");
        row.OutputTokens.ShouldBe(2);
        row.Client.ShouldBe(client.Key.PublicKey.Npub);
    }

    [Fact]
    public async Task Infer_NodeFailsBeforeTheFirstToken_TheNextNodeAnswers()
    {
        using var metrics = new MetricsText();
        var broken = new ScriptedRunner { FailAt = 0 };
        await using var federation = await TestFederation.StartAsync(broken, new ScriptedRunner());
        using var client = new WireClient(federation.Router.Base, KeyPair.Generate());

        for (var i = 0; i < 4; i++)
        {
            var (status, body) = await client.PostAsync("infer", WireClient.Ask(), ProtocolJson.Default.InferenceRequest);
            status.ShouldBe(HttpStatusCode.OK, body);
        }

        broken.Requests.Count.ShouldBe(1, "a node that failed stands last for a while");
        foreach (var outcome in (string[])["ok", "failed"]) metrics.Write().ShouldContain($"fedai_router_node_attempts_total{{outcome=\"{outcome}\"}}");
    }

    [Fact]
    public async Task InferStream_NodeFailsAfterTheFirstToken_EndsWithAnErrorAndNoSecondAnswer()
    {
        var broken = new ScriptedRunner { FailAt = 2 };
        await using var federation = await TestFederation.StartAsync(broken);
        using var client = new WireClient(federation.Router.Base, KeyPair.Generate());

        using var answer = await client.StreamAsync(WireClient.Ask());
        var events = (await answer.Content.ReadAsStringAsync()).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);

        events.Length.ShouldBe(3);
        events[^1].ShouldStartWith("event: error\ndata: {\"error\":\"runner-crashed\"");
    }

    // WIRE W-3: three requests that a node rightly refused took it out of service for everybody.
    [Fact]
    public async Task Infer_ClientsOwnMistakes_DoNotCountAgainstTheNode()
    {
        await using var federation = await TestFederation.StartAsync();
        await federation.AddNodeAsync(new ScriptedRunner(), new() { MaxPromptBytes = 100 });
        using var client = new WireClient(federation.Router.Base, KeyPair.Generate());

        for (var i = 0; i < 5; i++)
        {
            var (refused, body) = await client.PostAsync("infer", WireClient.Ask(prompt: new string('x', 101)), ProtocolJson.Default.InferenceRequest);
            (refused, WireClient.ErrorOf(body)).ShouldBe((HttpStatusCode.RequestEntityTooLarge, "prompt-too-large"));
        }

        federation.Directory.Current[0].Load.Observe(WireClient.Now).FailuresInRow.ShouldBe(0);
        var (status, _) = await client.PostAsync("infer", WireClient.Ask(), ProtocolJson.Default.InferenceRequest);
        status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Quote_ForAModel_IsSignedAndPricesTheRequest()
    {
        await using var federation = await TestFederation.StartAsync();
        await federation.AddNodeAsync(new ScriptedRunner(), new() { Pricing = new() { InputMsat = 3, OutputMsat = 7 } });
        using var client = new WireClient(federation.Router.Base, KeyPair.Generate());
        var asked = new QuoteRequest { RequestId = "q1", ModelId = "scripted", MaxTokens = 10, InputTokensEstimate = 100, OutputTokensEstimate = 10 };

        var (status, body) = await client.PostAsync("quote", asked, ProtocolJson.Default.QuoteRequest);

        status.ShouldBe(HttpStatusCode.OK, body);
        EnvelopeSealer.TryOpen(JsonDocument.Parse(body).RootElement.GetProperty("quote"), out var envelope, out _).ShouldBeTrue();
        envelope!.Key.ShouldBe(federation.Router.Key.PublicKey);
        envelope.VerifySignature().ShouldBeTrue();
        envelope.TryRead(ProtocolJson.Default.QuoteResponse, out var quote, out _).ShouldBeTrue();
        quote!.Price.ShouldBe(new QuotePrice { Total = 0.37, Currency = "SAT" });
    }

    [Fact]
    public async Task Quote_WithALongRequestId_IsRefusedAndNotRemembered()
    {
        await using var federation = await TestFederation.StartAsync();
        await federation.AddNodeAsync(new ScriptedRunner());
        using var client = new WireClient(federation.Router.Base, KeyPair.Generate());
        var asked = new QuoteRequest { RequestId = new string('q', 129), ModelId = "scripted", MaxTokens = 10, InputTokensEstimate = 100, OutputTokensEstimate = 10 };

        var (status, body) = await client.PostAsync("quote", asked, ProtocolJson.Default.QuoteRequest);

        status.ShouldBe(HttpStatusCode.BadRequest);
        body.ShouldContain("requestId must have 1 to 128");
    }
}
