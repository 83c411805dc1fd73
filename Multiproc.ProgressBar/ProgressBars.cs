using Spectre.Console;

namespace Multiproc;

/// <summary>Adds <c>Mp.ProgressBar()</c> to <see cref="Mp"/>, from a package of its own so that the library does not depend on Spectre.Console.</summary>
public static class ProgressBars
{
    extension(Mp)
    {
        /// <summary>Starts a progress bar for one call of a pool: pass it as the call's <c>progress</c> argument, and dispose it after the call.</summary>
        /// <param name="description">The text before the bar; default "working".</param>
        /// <param name="console">The console that shows the bar; by default stderr if it is a terminal, otherwise none.</param>
        /// <returns>The bar.</returns>
        /// <example>
        /// <code>
        /// using var bar = Mp.ProgressBar("squares");
        /// int[] squares = pool.Map(static x => x * x, numbers, progress: bar);
        /// </code>
        /// </example>
        public static PoolProgressBar ProgressBar(string description = "working", IAnsiConsole? console = null)
        {
            ArgumentNullException.ThrowIfNull(description);
            return new PoolProgressBar(
                description,
                console ?? (Console.IsErrorRedirected ? null : AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) })));
        }
    }
}
