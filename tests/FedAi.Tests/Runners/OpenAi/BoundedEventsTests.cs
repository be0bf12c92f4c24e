using System.IO.Pipelines;
using System.Text;
using FedAi.Runners.OpenAi;

namespace FedAi.Tests.Runners.OpenAi;

public sealed class BoundedEventsTests
{
    [Theory]
    [InlineData("a", 1 << 20)] // one line without end
    [InlineData("data: x\n", 1 << 20)] // one event without end
    [InlineData("data: x\r", 1 << 20)]
    [InlineData("data: x\n\n", 32 << 20)] // an answer without end
    [InlineData("data: x\r\n\r\n", 32 << 20)]
    public async Task Read_WithoutEnd_StopsAtItsLimit(string piece, int limit)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        var flood = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(piece, 8192)));
        await using var events = new BoundedEvents(pipe.Reader.AsStream());
        var (read, buffer) = (0L, new byte[64 * 1024]);

        await Should.ThrowAsync<IOException>(async () =>
        {
            while (read <= 2L * limit)
            {
                await pipe.Writer.WriteAsync(flood);
                read += await events.ReadAsync(buffer);
            }
        });

        // Line ends are not counted, events are; all bytes are of the answer.
        read.ShouldBeInRange(limit / 2, limit + (limit / 4) + buffer.Length);
    }

    [Fact]
    public async Task Read_LongAnswerOfShortEvents_IsPassedOnAsItIs()
    {
        var text = string.Concat(Enumerable.Repeat($"data: {new string('x', 1000)}\r\n\r\n", 3000));
        await using var events = new BoundedEvents(new MemoryStream(Encoding.UTF8.GetBytes(text)));
        using var reader = new StreamReader(events);

        (await reader.ReadToEndAsync()).ShouldBe(text);
    }
}
