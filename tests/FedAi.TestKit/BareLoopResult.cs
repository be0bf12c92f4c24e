namespace FedAi.TestKit;

/// <summary>What llama.cpp does by itself: tokens made after the prompts were read, the time that took, and the processor time of the whole process meanwhile.</summary>
internal sealed record BareLoopResult(int Tokens, TimeSpan Elapsed, TimeSpan Processor)
{
    public double TokensPerSecond => Tokens / Elapsed.TotalSeconds;

    public double ProcessorMicrosecondsPerToken => Processor.TotalMicroseconds / Tokens;
}
