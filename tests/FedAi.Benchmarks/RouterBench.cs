using FedAi.Protocol.Crypto;
using FedAi.TestKit;

namespace FedAi.Benchmarks;

/// <summary>A published router with the stub node behind it, and the load that both are put under.</summary>
internal sealed class RouterBench : IAsyncDisposable
{
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(280);

    private readonly ProcessFederation federation;
    private readonly FedaiProcess router;
    private readonly StubProcess stub;
    private readonly LoadGenerator load = new();
    private readonly StreamGenerator streams = new();
    private readonly KeyPair client = KeyPair.Generate();
    private readonly RequestMix requests;

    private RouterBench(ProcessFederation federation, FedaiProcess router, StubProcess stub)
    {
        (this.federation, this.router, this.stub) = (federation, router, stub);
        requests = new RequestMix(client);
    }

    public static async Task<RouterBench> StartAsync(CancellationToken cancellationToken)
    {
        var federation = new ProcessFederation(Published.Executable);
        var router = await federation.StartRouterAsync(cancellationToken);
        return new RouterBench(federation, router, await StubProcess.StartAsync(router.Url, cancellationToken));
    }

    /// <summary>Runs both paths until the compiler has seen them.</summary>
    public async Task WarmUpAsync(int connections, CancellationToken cancellationToken)
    {
        for (var round = 0; round < 3; round++)
        {
            await DirectAsync(1000, connections, [], cancellationToken);
            await RoutedAsync(1000, connections, [], cancellationToken);
        }
    }

    public async Task<LoadResult> RoutedAsync(int count, int connections, List<string> problems, CancellationToken cancellationToken)
    {
        var result = await load.RunAsync(new Uri(router.Url, "infer"), requests.ForRouter(count), connections, cancellationToken);
        problems.AddRange(AnswerCheck.Problems(result, stub.Key, 2 * RequestMix.Forged(count)));
        return result;
    }

    /// <summary>The baseline: the stub checks the request and signs, the client finds the stub's forgeries itself.</summary>
    public async Task<LoadResult> DirectAsync(int count, int connections, List<string> problems, CancellationToken cancellationToken)
    {
        var result = await load.RunAsync(new Uri(stub.Url, "infer"), requests.ForStub(count), connections, cancellationToken);
        var forged = result.Bodies.Count(body => !AnswerCheck.Holds(body, stub.Key));
        if (forged != RequestMix.Forged(count) || result.Refused != RequestMix.Forged(count)) problems.Add("the stub did not behave as it should");
        return result;
    }

    /// <summary>Holds that many streams and gives the delay of every token of those that ended as they should.</summary>
    public async Task<IReadOnlyList<double>> StreamAsync(bool routed, int count, int tokens, List<string> problems, CancellationToken cancellationToken)
    {
        var made = routed ? requests.ForRouter(count, tokens) : requests.ForStub(count, tokens);
        var outcomes = await streams.RunAsync(new Uri(routed ? router.Url : stub.Url, "infer/stream"), made, cancellationToken);
        var forged = RequestMix.Forged(count);
        var refused = outcomes.Count(outcome => outcome.Status == 401);
        var honest = outcomes.Where(outcome => outcome.LastEvent == "final"
            && AnswerCheck.Holds(System.Text.Encoding.UTF8.GetBytes(outcome.LastData), stub.Key)).ToList();
        if (refused != forged || honest.Count != count - 2 * forged || honest.Any(outcome => outcome.DelaysMs.Count != tokens))
            problems.Add($"of {count} streams {honest.Count} ended well and {refused} were refused; the last event of the others: "
                + string.Join(' ', outcomes.Except(honest).Where(outcome => outcome.Status != 401).Take(3).Select(outcome => $"{outcome.Status} {outcome.LastEvent} {outcome.LastData}")));
        if (routed && outcomes.Count(outcome => outcome.LastEvent == "error") != forged) problems.Add("a forged answer was not reported as an error");
        return honest.Count > 0
            ? [.. honest.SelectMany(outcome => outcome.DelaysMs)]
            : throw new InvalidOperationException(string.Join('\n', problems));
    }

    /// <summary>What the router holds at this moment.</summary>
    public ProcessUse Use => ProcessUse.Of(router.Id);

    /// <summary>
    /// What the router holds when it has nothing to do: the least of some looks, since its memory goes back little by little, threads of the pool after
    /// 20 s, and the nonces of <see cref="EndureAsync"/> after 80 s, when their whole minute has left the window, and a while for the collector to look.
    /// </summary>
    public async Task<ProcessUse> UseAsync(CancellationToken cancellationToken, bool untilNoncesAreGone = false)
    {
        var use = Use;
        for (var look = 0; look < (untilNoncesAreGone ? 480 : 80); look++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(300), cancellationToken);
            use = new(Math.Min(use.MemoryMb, Use.MemoryMb), Math.Min(use.Descriptors, Use.Descriptors), Math.Min(use.Threads, Use.Threads));
        }

        return use;
    }

    /// <summary>
    /// So many requests, of which every tenth is a stream that is left at its first token. Their clock is late, nearly as much as is
    /// taken: a nonce is kept for as long as its time stands in the window, and so what is kept is gone soon after.
    /// </summary>
    public async Task EndureAsync(int count, int connections, List<string> problems, CancellationToken cancellationToken)
    {
        var left = count / 10;
        var whole = load.RunAsync(new Uri(router.Url, "infer"), requests.ForRouter(count - left, clockBehind: Late), connections, cancellationToken);
        var leaving = streams.LeaveAsync(new Uri(router.Url, "infer/stream"), requests.ForRouter(left, clockBehind: Late), connections, cancellationToken);
        if (problems.Count < 10) problems.AddRange(AnswerCheck.Problems(await whole, stub.Key, 2 * RequestMix.Forged(count - left)));
        var (begun, refused) = await leaving;
        if (begun != left - refused || refused != RequestMix.Forged(left)) problems.Add($"of {left} streams to leave {begun} began and {refused} were refused");
    }

    public async ValueTask DisposeAsync()
    {
        streams.Dispose();
        load.Dispose();
        client.Dispose();
        stub.Dispose();
        await federation.DisposeAsync();
    }
}
