#!/usr/bin/env perl
# Prints the same 64 KB of numbered lines again and again, and says beside its output how long that took.
# Arguments: summary file, bytes, bytes a second (0: as fast as it can). Waits for the file "<summary>.go" when the argument "wait" is given.
# Perl, because the load must not come from Node.
use strict;
use warnings;
use Time::HiRes qw(time sleep);

my ($summary, $total, $rate, $wait) = @ARGV;
$| = 1;
my $block = join('', map { sprintf("%07d %s\n", $_, 'the quick brown fox jumps over the lazy dog, again and again and') } 1 .. 887);
$block .= '-' x (65535 - length $block) . "\n";
if (($wait // '') eq 'wait') { print "ready\n"; sleep(0.005) until -e "$summary.go" }
my ($sent, $start) = (0, time);
while ($sent < $total) {
  my $due = $rate > 0 ? int((time - $start) * $rate) : $total;
  $due = $total if $due > $total;
  my $room = $due - $sent;
  if ($room <= 0) { sleep(0.002); next }
  my $at = $sent % 65536;
  my $size = 65536 - $at < $room ? 65536 - $at : $room;
  my $n = syswrite(STDOUT, $block, $size, $at);
  last unless defined $n;
  $sent += $n;
}
syswrite(STDOUT, "\nthe last line\n");
my $end = time;
open(my $file, '>', "$summary.tmp") or die $!;
printf $file "%.6f %.6f %d\n", $start, $end, $sent;
close $file;
rename("$summary.tmp", $summary) or die $!;
