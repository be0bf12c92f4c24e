using FedAi.TestKit;

namespace FedAi.EndToEndTests.Conformance.Behaviours;

/// <summary>Answers to come back for (<c>Prefer: respond-async</c>), which OpenAI has not: only a client that can call any address asks.</summary>
internal static class JobBehaviours
{
    public static IReadOnlyList<Behaviour> All { get; } =
    [
        Job("jobs.poll", "a job is accepted, and answers later") with { Outcome = outcome => ((int?)outcome["accepted"], outcome.Text, outcome.Finish).ShouldBe((202, Behaviour.Answer, "stop")) },
        Job("jobs.failed", "a job that fails says why") with
        {
            Script = () => new ScriptedRunner { FailAt = 2 },
            Outcome = outcome => ((string?)outcome["status"], (string?)outcome["code"], (int?)outcome["statusCode"]).ShouldBe(("failed", "runner_crashed", 502)),
        },
        Job("jobs.once", "a result is given once") with { Outcome = outcome => outcome.ShouldBeError(404, "not_found") },
        Job("jobs.delete", "a job can be deleted") with
        {
            Script = () => new ScriptedRunner { StallAt = 2 },
            Outcome = outcome => ((bool?)outcome["deleted"]).ShouldBe(true),
        },
    ];

    private static Behaviour Job(string id, string says) => new(id, says) { Without = [Clients.Ai, Clients.DotNet] };
}
