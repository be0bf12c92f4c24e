namespace FedAi.Tests.Runners.Sandbox;

/// <summary>This test program as one that can be started a second time: <c>dotnet FedAi.Tests.dll …</c>, see Program.cs.</summary>
internal static class SecondProcess
{
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "FedAi.Tests.dll");
}
