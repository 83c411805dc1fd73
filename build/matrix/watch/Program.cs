using Multiproc;

using var pool = Mp.Pool(1);
for (int i = 0; i < 1000; i++)
{
    Console.WriteLine($"{Greeting.Text()} and the worker is {(pool.Apply(static () => Environment.ProcessId) == Environment.ProcessId ? "here" : "elsewhere")}");
    await Task.Delay(100);
}

internal static class Greeting
{
    public static string Text() => "it says before";
}
