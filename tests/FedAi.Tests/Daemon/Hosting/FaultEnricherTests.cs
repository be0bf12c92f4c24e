using System.Text.Json;
using FedAi.Daemon.Hosting;

namespace FedAi.Tests.Daemon.Hosting;

public sealed class FaultEnricherTests
{
    [Fact]
    public void Describe_MessageThatMayQuoteAStranger_IsLeftOut()
    {
        var text = FaultEnricher.Describe(Thrown(() => throw new InvalidOperationException("MARKER outside", new JsonException("MARKER inside"))));

        text.ShouldNotContain("MARKER");
        text.ShouldContain("System.InvalidOperationException");
        text.ShouldContain("System.Text.Json.JsonException");
        text.ShouldContain(nameof(Describe_MessageThatMayQuoteAStranger_IsLeftOut));
    }

    [Fact]
    public void Describe_TheSystemsOwnWords_AreKept() =>
        FaultEnricher.Describe(Thrown(() => throw new IOException("No space left on device"))).ShouldContain("No space left on device");

    private static Exception Thrown(Action action) => Should.Throw<Exception>(action);
}
