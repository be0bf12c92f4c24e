using System.Net;
using System.Text.Json;
using FedAi.Daemon.Node;
using FedAi.Daemon.Store;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using FedAi.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace FedAi.EndToEndTests.RequestPath;

/// <summary>Sealed requests at the router's own door, as any client could send them (DECISIONS E11).</summary>
public sealed class SealedRequestTests
{
    [Fact]
    public async Task Infer_SealedRequestSentAgain_IsRefusedByTheNode()
    {
        var runner = new ScriptedRunner();
        await using var federation = await TestFederation.StartAsync(runner);
        using var client = new WireClient(federation.Router.Base, KeyPair.Generate());
        var node = federation.Nodes[0];
        var request = Sealed(federation, node, WireClient.Ask());

        var first = await client.PostAsync("infer", request, ProtocolJson.Default.InferenceRequest);
        var again = await client.PostAsync("infer", request, ProtocolJson.Default.InferenceRequest);

        first.Status.ShouldBe(HttpStatusCode.OK, first.Body);
        first.Body.ShouldContain("\"node\":{\"keyId\":\"" + node.Key.PublicKey.Npub);
        (again.Status, WireClient.ErrorOf(again.Body)).ShouldBe((HttpStatusCode.BadRequest, "seal-reused"));
        runner.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Infer_SealedToAKeyThatIsGone_Is409WithTheNewKey()
    {
        await using var federation = await TestFederation.StartAsync(new ScriptedRunner());
        using var client = new WireClient(federation.Router.Base, KeyPair.Generate());
        var node = federation.Nodes[0];
        var request = Sealed(federation, node, WireClient.Ask());

        var (status, body) = await client.PostAsync("infer", request with { Sealed = request.Sealed! with { Kid = "another" } }, ProtocolJson.Default.InferenceRequest);

        (status, WireClient.ErrorOf(body)).ShouldBe((HttpStatusCode.Conflict, "seal-key-expired"));
        var given = JsonDocument.Parse(body).RootElement.GetProperty("node").Deserialize(ProtocolJson.Default.NodeSealKey)!;
        SealKeys.TryOpen(given, WireClient.Now, out var signer, out _).ShouldBeTrue();
        signer.ShouldBe(node.Key.PublicKey);
        federation.Directory.Find(node.Key.PublicKey)!.Load.Observe(WireClient.Now).FailuresInRow.ShouldBe(0, "it is no fault of the node's");
    }

    [Fact]
    public async Task InferStream_SealedAndTheClientLeaves_ThePartialRecordIsBooked()
    {
        var runner = new ScriptedRunner { StallAt = 2 };
        await using var federation = await TestFederation.StartAsync(runner);
        using var client = new WireClient(federation.Router.Base, KeyPair.Generate());
        var request = Sealed(federation, federation.Nodes[0], WireClient.Ask());

        using (await client.StreamAsync(request)) await runner.Stalled.WaitAsync(Patience.Limit);

        var row = await Patience.ForAsync(() => federation.Router.Services.GetRequiredService<MeteringTable>().Get(request.RequestId).SingleOrDefault());
        (row.Status, row.OutputTokens).ShouldBe(("partial", 2));
    }

    [Fact]
    public async Task Infer_SealedPromptTooLong_IsRefusedByTheNodeAsIfItWereInClear()
    {
        var runner = new ScriptedRunner();
        await using var federation = await TestFederation.StartAsync();
        var node = await federation.AddNodeAsync(runner, new NodeOptions { MaxPromptBytes = 1000 });
        using var client = new WireClient(federation.Router.Base, KeyPair.Generate());

        var fits = await client.PostAsync("infer", Sealed(federation, node, WireClient.Ask(prompt: new string('x', 1000))), ProtocolJson.Default.InferenceRequest);
        var tooLong = await client.PostAsync("infer", Sealed(federation, node, WireClient.Ask(prompt: new string('x', 1001))), ProtocolJson.Default.InferenceRequest);

        fits.Status.ShouldBe(HttpStatusCode.OK, fits.Body);
        (tooLong.Status, WireClient.ErrorOf(tooLong.Body)).ShouldBe((HttpStatusCode.RequestEntityTooLarge, "prompt-too-large"));
        runner.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Infer_PL2InClear_IsRefused()
    {
        var runner = new ScriptedRunner();
        await using var federation = await TestFederation.StartAsync(runner);
        using var client = new WireClient(federation.Router.Base, KeyPair.Generate());

        var (status, body) = await client.PostAsync("infer", WireClient.Ask() with { PrivacyLevel = PrivacyLevel.PL2 }, ProtocolJson.Default.InferenceRequest);

        (status, WireClient.ErrorOf(body)).ShouldBe((HttpStatusCode.BadRequest, "invalid-request"));
        runner.Requests.ShouldBeEmpty();
    }

    private static JsonElement Offered(TestFederation federation, TestDaemon node) => federation.Directory.Find(node.Key.PublicKey)!.Descriptor.SealKey!.Value;

    private static InferenceRequest Sealed(TestFederation federation, TestDaemon node, InferenceRequest request)
    {
        SealKeys.TryOpen(new NodeSealKey { KeyId = node.Key.PublicKey.Npub, SealKey = Offered(federation, node) }, WireClient.Now, out _, out var key).ShouldBeTrue();
        SealedSender.TryCreate(key!, out var sender).ShouldBeTrue();
        return SealedRequests.Seal(request, node.Key.PublicKey.Npub, sender!, out _);
    }
}
