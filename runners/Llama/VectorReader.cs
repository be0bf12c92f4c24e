using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FedAi.Protocol.Messages;
using FedAi.Runners.Llama.Pipe;

namespace FedAi.Runners.Llama;

/// <summary>Puts the vectors of one call together, in the order of their texts (DECISIONS E16). What the child says counts as hostile.</summary>
internal static class VectorReader
{
    private static readonly Refusal Broken = new(ErrorCode.RunnerError, "the model's process sent vectors that are none; ask again");

    /// <summary>One delta with all of them, then the end. Ends without an end event when the child died.</summary>
    public static async IAsyncEnumerable<InferenceEvent> ReadAsync(LlamaCall call, int count, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var vectors = new byte[count][];
        await foreach (var step in call.Events.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            switch (step.Kind)
            {
                case HostEventKind.Vector when step.Count < count && vectors[step.Count] is null && TryDecode(step.Text, out var bytes):
                    vectors[step.Count] = bytes;
                    break;

                case HostEventKind.Final when vectors.All(vector => vector is not null && vector.Length == vectors[0].Length):
                    yield return new InferenceStarted(step.Count);
                    yield return new InferenceDelta(Convert.ToBase64String([.. vectors.SelectMany(vector => vector)]), Tokens: 0);
                    yield return new InferenceEnd("stop", step.Count, 0);
                    yield break;

                case HostEventKind.Error:
                    yield return new InferenceFailure(LlamaRunner.RefusalFrom(step));
                    yield break;

                default:
                    yield return new InferenceFailure(Broken);
                    yield break;
            }
        }
    }

    private static bool TryDecode(string text, out byte[] bytes)
    {
        bytes = new byte[text.Length / 4 * 3];
        if (!Convert.TryFromBase64String(text, bytes, out var length) || length == 0 || length % sizeof(float) != 0) return false;
        bytes = bytes[..length];
        foreach (var value in MemoryMarshal.Cast<byte, float>(bytes)) if (!float.IsFinite(value)) return false;
        return true;
    }
}
