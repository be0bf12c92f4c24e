namespace FedAi.EndToEndTests.Processes;

/// <summary>A test that takes minutes by its nature; skipped unless <c>FEDAI_LONG=1</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LongFactAttribute : FactAttribute
{
    public LongFactAttribute() => Skip = Environment.GetEnvironmentVariable("FEDAI_LONG") == "1" ? null : "takes minutes: set FEDAI_LONG=1";
}
