using System.Text;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Peering;
using FedAi.Daemon.Router;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.TestKit;

namespace FedAi.EndToEndTests.RequestPath;

/// <summary>Nodes of the existing software behind our router (FAX-01): registration as they sign it, and answers with WIRE's members only.</summary>
public sealed class ExistingNodeTests
{
    [Fact]
    public async Task Register_DescriptorsSignedByExistingSoftware_AreTaken()
    {
        await using var store = new TestStore();
        var directory = new NodeDirectory(store.Tables.Nodes, store.Tables.Manifests, new SchedulerOptions(), new HttpOptions { AllowPrivate = PrivateNetworks.Lan }, new NodeChannels(), TimeProvider.System);
        var taken = 0;
        foreach (var (name, vector) in VectorFiles.Section("envelopes"))
        {
            if (vector.GetProperty("type").GetString() != "NodeDescriptor") continue;
            EnvelopeSealer.TryOpen(Encoding.UTF8.GetBytes(vector.GetProperty("wire").GetString()!), out var envelope, out _).ShouldBeTrue(name);
            envelope!.VerifySignature().ShouldBeTrue(name);
            envelope.TryRead(ProtocolJson.Default.NodeDescriptor, out var descriptor, out var problem).ShouldBeTrue($"{name}: {problem}");

            // The vectors' endpoints, ids and keys are drawn at random; a heartbeat of honest software fits together.
            var honest = descriptor! with { KeyId = envelope.Key.Npub, NodeId = envelope.Key.Npub, Endpoint = "http://10.1.2.3:8081" };
            (await directory.RegisterAsync(envelope.Key, honest, envelope.Wire)).ShouldBeNull(name);
            taken++;
        }

        taken.ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Chat_OverAnExistingNode_IsAnsweredFromPlainPromptText(bool stream)
    {
        await using var router = await TestDaemon.StartAsync(Role.Router);
        await using var node = await ForgingNode.StartAsync(router.Base, existing: true);
        using var http = new HttpClient { BaseAddress = router.Base };

        using var body = new StringContent($$"""{"model":"scripted","stream":{{(stream ? "true" : "false")}},"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"hello"}]}""");
        using var answer = await http.PostAsync("v1/chat/completions", body);
        var text = await answer.Content.ReadAsStringAsync();

        ((int)answer.StatusCode).ShouldBe(200, text);
        text.ShouldContain(stream ? "\"content\":\"answer.\"" : "\"content\":\"An answer.\"");
        node.Asked!.Prompt.ShouldBe("system: Be brief.\nuser: hello");
    }
}
