using System.Text;
using FedAi.Runners.Llama.Pipe;

namespace FedAi.Tests.Runners.Llama.Pipe;

public sealed class PipeTests
{
    [Fact]
    public void Events_Written_AreReadAsTheyWere()
    {
        var lines = Write(events =>
        {
            events.Loading(40);
            events.Ready(512, "model", "Hermes", embedsOnly: true, gpuLayers: 33, locked: true);
            events.Started(7, 20);
            events.Token(7, "a\n\"\\é😀\u0001</script>", 3);
            events.Vector(7, 2, [1f, -0.5f]);
            events.Final(7, "stop", 20, 3, 12);
            events.Error(8, "context-window-exceeded", "shorten it");
            events.Busy();
        });
        lines.Select(Read).ShouldBe(
        [
            new(0, HostEventKind.Loading) { Count = 40 },
            new(0, HostEventKind.Ready) { Count = 512, Text = "model", Tools = "Hermes", EmbedsOnly = true, GpuLayers = 33, Locked = true },
            new(7, HostEventKind.Started) { Count = 20 },
            new(7, HostEventKind.Token) { Text = "a\n\"\\é😀\u0001</script>", Count = 3 },
            new(7, HostEventKind.Vector) { Text = "AACAPwAAAL8=", Count = 2 },
            new(7, HostEventKind.Final) { Text = "stop", Count = 20, OutputTokens = 3, CachedTokens = 12 },
            new(8, HostEventKind.Error) { Text = "context-window-exceeded", Hint = "shorten it" },
            new(0, HostEventKind.Busy),
        ]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[1]")]
    [InlineData("{\"id\":1,\"ev\":\"token\"")]
    [InlineData("{\"id\":1,\"ev\":\"token\",\"text\":7}")]
    [InlineData("{\"id\":\"1\",\"ev\":\"token\"}")]
    [InlineData("{\"id\":1.5,\"ev\":\"token\"}")]
    [InlineData("{\"id\":99999999999999999999,\"ev\":\"token\"}")]
    [InlineData("{\"id\":1,\"ev\":\"token\",\"n\":-1}")]
    [InlineData("{\"id\":1,\"ev\":\"shout\"}")]
    [InlineData("{\"id\":1,\"ev\":\"token\",\"more\":{}}")]
    [InlineData("{\"id\":1,\"ev\":\"token\"} {}")]
    [InlineData("{\"id\":1,\"ev\":\"token\",\"text\":\"\\ud800\"}")]
    public void TryRead_LineThatIsNoEvent_IsFalse(string line) => EventReader.TryRead(Encoding.UTF8.GetBytes(line), out _).ShouldBeFalse();

    [Fact]
    public void TryRead_RandomDamage_NeverThrows()
    {
        var line = Encoding.UTF8.GetBytes("{\"id\":7,\"ev\":\"token\",\"n\":3,\"text\":\"a\\u00e9\"}");
        var random = new Random(1);
        for (var round = 0; round < 50_000; round++)
        {
            byte[] damaged = [.. line];
            for (var i = random.Next(4); i >= 0; i--) damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            EventReader.TryRead(damaged.AsSpan(0, random.Next(damaged.Length + 1)), out _);
        }
    }

    [Fact]
    public void Token_Written_AllocatesNothing()
    {
        using var events = new EventWriter(Stream.Null);
        for (var i = 0; i < 1000; i++) WriteOne(events);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) WriteOne(events);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    private static void WriteOne(EventWriter events)
    {
        events.Token(7, " capital", 2);
        events.Flush();
    }

    private static string[] Write(Action<EventWriter> write)
    {
        var pipe = new MemoryStream();
        using var events = new EventWriter(pipe);
        write(events);
        pipe.Length.ShouldBe(0, "nothing goes before it is told to");
        events.Flush();
        return Encoding.UTF8.GetString(pipe.ToArray()).TrimEnd('\n').Split('\n');
    }

    private static HostEvent Read(string line)
    {
        EventReader.TryRead(Encoding.UTF8.GetBytes(line), out var @event).ShouldBeTrue(line);
        return @event;
    }
}
