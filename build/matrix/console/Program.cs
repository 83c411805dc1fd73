string found = Checks.Run();
Console.WriteLine(found);
Console.WriteLine($"start: {Checks.Start():0.0} ms");
return found == Checks.Expected ? 0 : 1;
