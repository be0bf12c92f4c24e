using FedAi.Daemon.Peering;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;
using FedAi.Runners;
using FedAi.TestKit;

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

    private IAsyncEnumerable<InferenceEvent> Ask(BrokenRouter peer) =>
        new PeerInference(http, key, time).StreamAsync(new PeerTarget(new PeerEndpoint(peer.Base)), WireClient.Ask(), CancellationToken.None);
}
