namespace FedAi.Runners.Llama;

/// <summary>So many numbers of one format, by its code in GGUF files.</summary>
public sealed record WeightCount(uint Format, double Count)
{
    /// <summary>Bytes that one number takes, its share of the block's scales included (ggml's block sizes); formats that are not listed have about 4.5 bits.</summary>
    public double BytesEach => Format switch
    {
        0 => 4, // F32
        1 or 30 => 2, // F16, BF16
        2 or 20 => 18 / 32.0, // Q4_0, IQ4_NL
        3 => 20 / 32.0, // Q4_1
        6 => 22 / 32.0, // Q5_0
        7 => 24 / 32.0, // Q5_1
        8 => 34 / 32.0, // Q8_0
        10 => 84 / 256.0, // Q2_K
        11 => 110 / 256.0, // Q3_K
        12 => 144 / 256.0, // Q4_K
        13 => 176 / 256.0, // Q5_K
        14 => 210 / 256.0, // Q6_K
        _ => 4.5 / 8,
    };
}
