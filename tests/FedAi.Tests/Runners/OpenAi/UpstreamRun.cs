using FedAi.Protocol.Messages;
using FedAi.Runners;
using FedAi.Runners.OpenAi;
using FedAi.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedAi.Tests.Runners.OpenAi;

/// <summary>The runner in front of a scripted server, and one request through it.</summary>
internal static class UpstreamRun
{
    public static InferenceRequest Request { get; } = new()
    {
        RequestId = "r1",
        ModelId = "m",
        Prompt = "",
        MaxTokens = 16,
        Messages = [new ChatMessage { Role = "user", Content = "hello there" }],
    };

    /// <summary>A runner that knows what its servers serve.</summary>
    public static async Task<OpenAiRunner> StartAsync(TimeProvider time, params OpenAiUpstream[] upstreams)
    {
        var runner = OpenAiRunner.Start(upstreams, NullLogger<OpenAiRunner>.Instance, time);
        await Patience.UntilAsync(() => runner.Models.Count > 0);
        return runner;
    }

    public static async Task<(string Text, InferenceEvent Last)> AskAsync(IRunner runner, InferenceRequest? request = null)
    {
        var text = "";
        InferenceEvent? last = null;
        using var patience = new CancellationTokenSource(Patience.Limit);
        await foreach (var step in runner.StreamAsync(request ?? Request, patience.Token))
        {
            (last is InferenceEnd or InferenceFailure).ShouldBeFalse("nothing comes after the end");
            if (step is InferenceDelta delta) text += delta.Text;
            last = step;
        }

        return (text, last!);
    }

    /// <summary>The failure of a request that must fail.</summary>
    public static async Task<(string Text, Refusal Refusal)> FailAsync(IRunner runner, InferenceRequest? request = null)
    {
        var (text, last) = await AskAsync(runner, request);
        return (text, last.ShouldBeOfType<InferenceFailure>().Refusal);
    }
}
