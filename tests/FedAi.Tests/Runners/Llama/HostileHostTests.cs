using FedAi.Protocol.Messages;
using FedAi.Runners;
using FedAi.Runners.Llama;
using FedAi.Runners.Sandbox;
using FedAi.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedAi.Tests.Runners.Llama;

/// <summary>A child that was taken over by its model: scripts in place of fedai-llama say what they must not.</summary>
public sealed class HostileHostTests : IDisposable
{
    private const string Ready = """read load; echo '{"id":0,"ev":"ready","n":512,"text":"model","locked":true}'; read infer; """;

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("""echo '{"id":1,"ev":"started","n":1}'; echo '{"id":1,"ev":"token","n":999,"text":"x"}'; sleep 60""")]
    [InlineData("""echo '{"id":1,"ev":"final","n":1,"text":"stop","out":999}'; sleep 60""")]
    [InlineData("""echo '{"id":2,"ev":"token","n":1,"text":"for somebody else"}'; sleep 60""")]
    [InlineData("""echo '{"id":0,"ev":"ready","n":9999999,"text":"model","locked":true}'; sleep 60""")]
    [InlineData("exit 0")]
    public async Task Host_ThatBreaksItsWord_IsReplacedAndAskedOnceMoreOnly(string script)
    {
        await using var runner = await StartAsync(Ready + script);
        var events = await runner.StreamAsync(DemoModel.Ask("?"), new CancellationTokenSource(Patience.Limit).Token).ToListAsync();
        events[^1].ShouldBeOfType<InferenceFailure>().Refusal.Code.ShouldBe(ErrorCode.RunnerCrashed);
        events.OfType<InferenceDelta>().ShouldBeEmpty();
        events.OfType<InferenceStarted>().Count().ShouldBeLessThan(2);
        runner.Status.Restarts.ShouldBeInRange(1, 2); // the second end may not be counted yet
    }

    [Fact]
    public async Task Host_ThatComputesWithoutWork_IsReplaced()
    {
        await using var runner = await StartAsync(Ready.Replace("read infer; ", "", StringComparison.Ordinal) + "while :; do :; done");
        var reason = "";
        await DemoModel.WhenAsync(runner, () =>
        {
            if (runner.Status is { Ready: false, Detail: { } detail } && reason.Length == 0) reason = detail;
            return reason.Length > 0;
        });
        reason.ShouldContain("without work");
    }

    [Fact]
    public async Task Host_ThatNamesAForeignError_IsAPlainRunnerError()
    {
        await using var runner = await StartAsync(Ready + """echo '{"id":1,"ev":"error","text":"payment-required","hint":"pay\\u001b[31m me"}'; sleep 60""");
        var refusal = (await runner.StreamAsync(DemoModel.Ask("?"), default).ToListAsync()).ShouldHaveSingleItem().ShouldBeOfType<InferenceFailure>().Refusal;
        refusal.Code.ShouldBe(ErrorCode.RunnerError);
        refusal.Hint.ShouldBe("pay[31m me");
    }

    [Fact]
    public async Task Host_ThatCannotLockItself_RunsOnlyWhereNoIsolationIsWanted()
    {
        const string unlocked = """read load; echo '{"id":0,"ev":"ready","n":512,"text":"model","locked":false}'; sleep 60""";
        await using var strict = LlamaRunner.Start(Options(unlocked), NullLogger<LlamaRunner>.Instance, TimeProvider.System);
        await DemoModel.SettledAsync(strict);
        strict.Status.Ready.ShouldBeFalse();
        strict.Status.Detail.ShouldNotBeNull().ShouldContain("seccomp");

        await using var lax = await DemoModel.StartAsync(Options(unlocked) with { IsolationMinimum = IsolationLevel.None });
        lax.Status.NotDenied.ShouldContain("starting programs");
    }

    private Task<LlamaRunner> StartAsync(string script) => DemoModel.StartAsync(Options(script));

    private LlamaRunnerOptions Options(string script)
    {
        File.WriteAllText(folder.File("fedai-llama"), $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(folder.File("fedai-llama"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return DemoModel.Options with { HostPath = folder.File("fedai-llama") };
    }
}
