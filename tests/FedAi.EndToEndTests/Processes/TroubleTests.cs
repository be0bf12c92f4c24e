using System.Diagnostics;
using FedAi.TestKit;

namespace FedAi.EndToEndTests.Processes;

/// <summary>After ordinary trouble the next question is answered without anybody's doing; service managers restart what crashed.</summary>
public sealed class TroubleTests(Chain chain) : IClassFixture<Chain>
{
    private static CancellationToken Limit => new CancellationTokenSource(Patience.Limit).Token;

    [Fact]
    public async Task Runner_Killed_TheNextQuestionIsAnswered()
    {
        var runner = ProcessTree.Find(chain.Node.Id, "fedai-llama").ShouldHaveSingleItem();
        using (var process = Process.GetProcessById(runner)) process.Kill();

        (await AskUntilAnsweredAsync()).OutputTokens.ShouldBeGreaterThan(5);
        ProcessTree.Find(chain.Node.Id, "fedai-llama").ShouldHaveSingleItem().ShouldNotBe(runner);
    }

    [Fact]
    public async Task Relay_Restarted_TheNextQuestionIsAnswered()
    {
        await chain.RestartRelayAsync();

        (await AskUntilAnsweredAsync()).OutputTokens.ShouldBeGreaterThan(5);
    }

    [Fact]
    public async Task Router_Crashed_TheNextQuestionIsAnswered()
    {
        await chain.CrashAsync("router", chain.Router, Limit);

        (await AskUntilAnsweredAsync()).OutputTokens.ShouldBeGreaterThan(5);
    }

    [Fact]
    public async Task Node_Crashed_TheNextQuestionIsAnsweredAndItsRunnerIsNotLeftBehind()
    {
        var runner = ProcessTree.Find(chain.Node.Id, "fedai-llama").ShouldHaveSingleItem();

        await chain.CrashAsync("node", chain.Node, Limit);

        (await AskUntilAnsweredAsync()).OutputTokens.ShouldBeGreaterThan(5);
        await Patience.UntilAsync(() => !Directory.Exists($"/proc/{runner}"));
    }

    private async Task<ChatRun> AskUntilAnsweredAsync()
    {
        var limit = Limit;
        var last = "";
        while (true)
        {
            try
            {
                return await chain.Client.AskAsync(chain.Model, "What is a router?", maxTokens: null, limit);
            }
            catch (Exception trouble) when (trouble is InvalidOperationException or HttpRequestException or IOException && !limit.IsCancellationRequested)
            {
                // A client sees an error in between; what counts is that it passes by itself.
                last = trouble.Message;
                await Task.Delay(TimeSpan.FromMilliseconds(100), CancellationToken.None);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"still no answer; the last error: {last}\n{chain.Gateway.Output}\n{chain.Router.Output}\n{chain.Node.Output}");
            }
        }
    }
}
