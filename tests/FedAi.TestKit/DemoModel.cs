using FedAi.Protocol.Messages;
using FedAi.Runners;
using FedAi.Runners.Llama;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedAi.TestKit;

/// <summary>The model of this repository and the libraries that ./fedai.sh setup installs: a real runner for tests.</summary>
internal static class DemoModel
{
    public const string Id = "fedai-tiny";

    public const string Sha256 = "35a0e2c1dc65a2e37c8b61eac7e6829daac87b5d62398fce2dc8ffe4e1240fcd";

    /// <summary>Its whole context, which is also what it was trained for.</summary>
    public const int ContextTokens = 512;

    public static string Path { get; } = System.IO.Path.Combine(Repository.Root, "runners", "models", "fedai-tiny-q8_0.gguf");

    public static LlamaRunnerOptions Options { get; } = new() { ModelPath = Path, ModelId = Id };

    /// <summary>Starts the runner and waits until it answers; throws what it says when it does not.</summary>
    public static async Task<LlamaRunner> StartAsync(LlamaRunnerOptions? options = null, TimeProvider? time = null)
    {
        var runner = LlamaRunner.Start(options ?? Options, NullLogger<LlamaRunner>.Instance, time ?? TimeProvider.System);
        await SettledAsync(runner);
        return runner.Status.Ready ? runner : throw new InvalidOperationException(runner.Status.Detail);
    }

    /// <summary>Waits until the runner answers or says why it cannot.</summary>
    public static Task SettledAsync(IRunner runner) =>
        WhenAsync(runner, () => runner.Status.Ready || runner.Status.Detail is not ("starting" or "loading the model" or "testing the model"));

    /// <summary>Waits until something holds, looking each time the runner says that it changed.</summary>
    public static async Task WhenAsync(IRunner runner, Func<bool> holds)
    {
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look()
        {
            if (holds()) held.TrySetResult();
        }
        runner.Changed += Look;
        Look();
        await held.Task.WaitAsync(Patience.Limit);
        runner.Changed -= Look;
    }

    /// <summary>One greedy question, answered the same way each time.</summary>
    public static InferenceRequest Ask(string question) => new()
    {
        RequestId = Guid.CreateVersion7().ToString(),
        ModelId = Id,
        Prompt = "",
        Messages = [new() { Role = "user", Content = question }],
        MaxTokens = 200,
        Temperature = 0,
    };
}
