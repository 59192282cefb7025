#!/usr/bin/env perl
# Prints numbered lines at a fixed rate for a fixed time and says, beside its output, what it has printed.
# Arguments: summary file, lines a second, life in ms, "plain" or "split", how it ends ("exit:N" or "signal:N"), and what it does
# with its terminal: "prints", "silent", "closes" it half-way, or "leaves" a child behind that keeps it open.
# Perl, because it starts in 3 ms and is on every Debian and macOS; the load must not come from Node.
use strict;
use warnings;
use Digest::SHA;
use Time::HiRes qw(time sleep);

my ($summary, $rate, $life_ms, $mode, $ending, $kind) = @ARGV;
my $start = time;
my $end = $start + $life_ms / 1000;
my $last_print = $kind eq 'silent' ? $start : $kind eq 'closes' ? ($start + $end) / 2 : $end;
my $sha = Digest::SHA->new(256);
my ($lines, $bytes, $carry) = (0, 0, '');
# Two, three and four bytes a character: 256-byte alignment never hides a cut.
my $tail = $mode eq 'split' ? " \xc3\xa9\xe6\xbc\xa2\xf0\x9f\x9a\x80 end of line" : ' plain text at the end of the line';

sub publish { my ($path, $text) = @_; open(my $file, '>', "$path.tmp") or die $!; print $file $text; close $file; rename("$path.tmp", $path) or die $!; }
# The terminal driver turns LF into CR LF on the way; the sum is over what arrives.
sub send_all { my ($data) = @_; my $at = 0; while ($at < length $data) { my $n = syswrite(STDOUT, $data, length($data) - $at, $at); last unless defined $n; $at += $n } (my $cooked = $data) =~ s/\n/\r\n/g; $sha->add($cooked); $bytes += length $cooked; }

publish("$summary.plan", sprintf("%.6f", $end));
if ($kind eq 'leaves' && fork == 0) { $SIG{HUP} = 'IGNORE'; sleep 20; exit 0 }
while (time < $last_print) {
  my $due = int((time - $start) * $rate) - $lines;
  my $batch = $carry;
  $carry = '';
  for (1 .. $due) { $lines++; $batch .= sprintf("%08d%s\n", $lines, $tail) }
  if ($mode eq 'split' && length($batch) > 60) {
    # Cut inside the four-byte character of the last line; the rest goes out with the next write.
    my $cut = length($batch) - 15;
    $carry = substr($batch, $cut);
    $batch = substr($batch, 0, $cut);
  }
  send_all($batch) if length $batch;
  sleep(0.001);
}
send_all($carry . "last line $lines\n") unless $kind eq 'silent';
my $printed_for = time - $start;
if ($kind eq 'closes') { close STDIN; close STDOUT; close STDERR }
while (time < $end) { sleep(0.001) }
publish($summary, join(' ', $sha->hexdigest, $bytes, $lines, sprintf("%.3f", $printed_for)) . "\n");
if ($ending =~ /^signal:(\d+)$/) { kill $1, $$; sleep 5 }
exit(($ending =~ /^exit:(\d+)$/) ? $1 : 99);
