using FedAi.Daemon.Peering;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Messages;
using FedAi.Runners;
using FedAi.TestKit;
using Microsoft.AspNetCore.Http;

namespace FedAi.Tests.Daemon.Peering;

/// <summary>How long a peer is waited for (DECISIONS E16b).</summary>
public sealed class PeerInferenceTests : IDisposable
{
    private readonly ManualTime time = new();
    private readonly KeyPair key = KeyPair.Generate();
    private readonly PeerHttp http = new(PrivateNetworks.Loopback);

    public void Dispose()
    {
        http.Dispose();
        key.Dispose();
    }

    [Fact]
    public async Task Stream_PeerFallsSilentAfterASign_IsGivenUpAfter60Seconds()
    {
        await using var peer = await BrokenRouter.StartAsync(null, "");
        await using var steps = Ask(peer).GetAsyncEnumerator();
        (await steps.MoveNextAsync()).ShouldBeTrue();
        steps.Current.ShouldBe(InferenceDelta.SignOfLife);

        var next = steps.MoveNextAsync().AsTask();
        time.Move(TimeSpan.FromSeconds(59));
        next.IsCompleted.ShouldBeFalse();
        time.Move(TimeSpan.FromSeconds(1));

        (await next.WaitAsync(Patience.Limit)).ShouldBeTrue();
        steps.Current.ShouldBeOfType<InferenceFailure>().Refusal.Code.ShouldBe(ErrorCode.NodeTimeout);
        peer.BreakOff();
    }

    [Fact]
    public async Task Stream_NothingButSignsForHalfAnHour_IsGivenUp()
    {
        await using var peer = await BrokenRouter.StartAsync(null, [.. Enumerable.Repeat("", 40)]);
        var signs = 0;

        await foreach (var step in Ask(peer))
        {
            if (step is InferenceFailure failure)
            {
                failure.Refusal.Code.ShouldBe(ErrorCode.NodeTimeout);
                break;
            }

            step.ShouldBe(InferenceDelta.SignOfLife);
            signs++;
            time.Move(TimeSpan.FromSeconds(59));
        }

        signs.ShouldBe(31);
        peer.BreakOff();
    }

    [Fact]
    public async Task Run_PeerWithoutStreams_MayTakeFiveMinutes()
    {
        var asked = new TaskCompletionSource();
        await using var peer = await ScriptedServer.StartAsync();
        peer.Answer = async context =>
        {
            asked.TrySetResult();
            await ScriptedServer.StallAsync(context);
        };
        var inference = new PeerInference(http, key, time);
        var whole = inference.RunAsync(new PeerTarget(new PeerEndpoint(new Uri(peer.Base, "/")), Chat: false), WireClient.Ask(), CancellationToken.None);
        await asked.Task.WaitAsync(Patience.Limit);

        time.Move(TimeSpan.FromSeconds(299));
        whole.IsCompleted.ShouldBeFalse();
        time.Move(TimeSpan.FromSeconds(1));

        (await whole.WaitAsync(Patience.Limit)).ShouldBeOfType<InferenceFailure>().Refusal.Code.ShouldBe(ErrorCode.NodeTimeout);
    }

    /// <summary>DECISIONS E8: nobody has to wait until a peer that was stopped hard takes what is signed now.</summary>
    [Theory]
    [InlineData("7", 2)]
    [InlineData("3600", 1)]
    public async Task Run_PeerWasStoppedHard_IsAskedAgainForTheMomentAfterItsFloor(string retryAfter, int times)
    {
        List<double> signedAt = [];
        await using var peer = await ScriptedServer.StartAsync();
        peer.Answer = async context =>
        {
            EnvelopeSealer.TryOpen(System.Text.Encoding.UTF8.GetBytes(peer.Asked.Last().Body), out var envelope, out _).ShouldBeTrue();
            signedAt.Add(envelope!.Ts);
            context.Response.StatusCode = 503;
            context.Response.Headers.RetryAfter = signedAt.Count == 1 ? retryAfter : "1";
            await context.Response.WriteAsync(signedAt.Count == 1 ? """{"error":"replay-floor"}""" : """{"error":"draining"}""");
        };

        var answer = await new PeerInference(http, key, time).RunAsync(new PeerTarget(new PeerEndpoint(new Uri(peer.Base, "/")), Chat: false), WireClient.Ask(), CancellationToken.None);

        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        signedAt.ShouldBe(times == 1 ? [now] : [now, now + 7000]);
        answer.ShouldBeOfType<InferenceFailure>().Refusal.Code.ShouldBe(times == 1 ? ErrorCode.ReplayFloor : ErrorCode.Draining);
    }

    private IAsyncEnumerable<InferenceEvent> Ask(BrokenRouter peer) =>
        new PeerInference(http, key, time).StreamAsync(new PeerTarget(new PeerEndpoint(peer.Base)), WireClient.Ask(), CancellationToken.None);
}
