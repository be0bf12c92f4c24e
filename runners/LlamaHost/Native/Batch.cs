using System.Runtime.InteropServices;

namespace FedAi.LlamaHost.Native;

/// <summary>llama.h, struct llama_batch of v0.5.0: 56 bytes, arrays made by llama_batch_init.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Batch
{
    public int Count;
    public int* Tokens;
    public float* Embeddings;
    public int* Positions;
    public int* SequenceCounts;
    public int** Sequences;
    public byte* WantLogits;

    /// <summary>Appends one token of one sequence and returns its index.</summary>
    public int Add(int token, int position, int sequence, bool wantLogits)
    {
        Tokens[Count] = token;
        Positions[Count] = position;
        SequenceCounts[Count] = 1;
        Sequences[Count][0] = sequence;
        WantLogits[Count] = wantLogits ? (byte)1 : (byte)0;
        return Count++;
    }
}
